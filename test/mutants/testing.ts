// What the laws of the test kit must kill: each way of letting a user's bug pass, or of saying
// something wrong about it.

import type { Catalogue, Mutant } from "./mutant.ts";

const REPLAY = "src/testing/replay.ts";
const CHECK = "src/testing/engine/replay-check.ts";
const STEPPER = "src/testing/step/stepper.ts";
const SCOPE = "src/testing/step/scope.ts";
const BODIES = "src/testing/engine/effect-bodies.ts";

const replay: readonly Mutant[] = [
  {
    name: "a history that ends where the code goes on replays well",
    breaks: "replay",
    file: REPLAY,
    find: "  const [waiting] = body.barriers.values();",
    replace: "  if (body.barriers.size >= 0) return;\n  const [waiting] = body.barriers.values();",
  },
  {
    name: "how a run ended does not matter",
    breaks: "replay",
    file: REPLAY,
    find: "  if (end === status) return;",
    replace: "  if (end === status || end !== undefined) return;",
  },
  {
    name: "an end of another value diverges",
    breaks: "replay",
    file: REPLAY,
    find: "  if (end === status) return;",
    replace: '  if (end === status && end === "failed") return;',
  },
  {
    name: "a replay does not tell the place",
    breaks: "replay",
    file: REPLAY,
    find: "journal, codec, locate });",
    replace: "journal, codec });",
  },
  {
    name: "the place is the body's, not the branch's",
    breaks: "replay",
    file: "src/workflow/interpreter/body.ts",
    find: "fiber ?? this.#barriers.fiberAt(divergence.path) ?? this.#root",
    replace: "fiber ?? this.#root",
  },
  {
    name: "a branch that is an effect by itself has no place",
    breaks: "replay",
    file: "src/workflow/interpreter/body.ts",
    find: "each !== undefined; each = each.parent)",
    replace: "each !== undefined; each = undefined)",
  },
  {
    name: "the place is the library's",
    breaks: "replay",
    file: "src/node/ports-locate.ts",
    find: "    if (!path.startsWith(LIBRARY)) return",
    replace: "    return",
  },
  {
    name: "raftoral replay exits 0 whatever it found",
    breaks: "replay",
    file: "src/cli/commands/replay.ts",
    find: "bad === 0 && all > 0 ? EXIT.done : EXIT.bad",
    replace: "bad >= 0 && all > 0 ? EXIT.done : EXIT.bad",
  },
];

const engine: readonly Mutant[] = [
  {
    name: "the engine replays nothing",
    breaks: "replay every commit",
    file: CHECK,
    find: '  const advance = again.advance("replay", STRETCH_FUEL);',
    replace: '  if (codec !== undefined) return;\n  const advance = again.advance("replay", 1);',
  },
  {
    name: "another value written is no news",
    breaks: "replay every commit",
    file: CHECK,
    find: "  if (again.mismatches > 0) return otherWrite(of);",
    replace: "",
  },
  {
    name: "another end is no news",
    breaks: "replay every commit",
    file: CHECK,
    find: "  return actual === recorded ? undefined : differs",
    replace: "  return actual !== undefined ? undefined : differs",
  },
  {
    name: "another input waited at is no news",
    breaks: "replay every commit",
    file: CHECK,
    find: "a.name === b.name && a.inputHash === b.inputHash",
    replace: "a.name === b.name",
  },
  {
    name: "a provider answers whatever the input",
    breaks: "providers",
    file: "src/testing/provide.ts",
    find: "provider.name === name && provider.isFor(input)",
    replace: "provider.name === name",
  },
  {
    name: "failTimes fails once too often",
    breaks: "providers",
    file: "src/testing/provide.ts",
    find: "at.attempt <= times",
    replace: "at.attempt <= times + 1",
  },
  {
    name: "later providers come behind those that are there",
    breaks: "providers",
    file: BODIES,
    find: "[...providers, ...this.#providers]",
    replace: "[...this.#providers, ...providers]",
  },
  {
    name: "a provider that hangs is waited for",
    breaks: "virtual time",
    file: BODIES,
    find: "if (isHanging(answer)) onHanging();",
    replace: "",
  },
  {
    name: "a run shows the attempts of its whole chain",
    breaks: "timeline",
    file: BODIES,
    find: "noted.runId === runId",
    replace: "noted.runId !== undefined",
  },
  {
    name: "a place is reached before what was written is accepted",
    breaks: "barriers",
    file: "src/testing/engine/test-run.ts",
    find: "driver?.body?.isAtRest !== true || !driver.isAccepted",
    replace: "driver?.body?.isAtRest !== true",
  },
];

const step: readonly Mutant[] = [
  {
    name: "answers are not replayed",
    breaks: "determinism",
    file: STEPPER,
    find: "    if (this.#parts.isReplaying) this.#replay();",
    replace: "",
  },
  {
    name: "a replay that waits elsewhere is no news",
    breaks: "determinism",
    file: STEPPER,
    find: "    if (now === again) return;",
    replace: "    if (now !== undefined) return;",
  },
  {
    name: "an effect is answered twice",
    breaks: "one answer",
    file: STEPPER,
    find: "    if (!this.#body.barriers.has(effect.path)) this.failSettled(effect);",
    replace: "",
  },
  {
    name: "a step's input is not looked at",
    breaks: "expectations",
    file: SCOPE,
    find: "  if (asked.length === 0) return first;",
    replace: "  if (asked.length >= 0) return first;",
  },
  {
    name: "a race's shape is not looked at",
    breaks: "expectations",
    file: SCOPE,
    find: "  if (isSame) return;",
    replace: "  if (isSame || labels.length > 0) return;",
  },
  {
    name: "a winner that goes on has won",
    breaks: "expectations",
    file: SCOPE,
    find: "  if (after === undefined) return;",
    replace: "  if (after === undefined || waits !== undefined) return;",
  },
  {
    name: "a test may end in the middle",
    breaks: "end",
    file: "src/testing/step/step-through.ts",
    find: "  if (stepper.outcome !== undefined) return;",
    replace: "  if (stepper !== undefined) return;",
  },
  {
    name: "using fails again behind a failure",
    breaks: "end",
    file: "src/testing/step/step-through.ts",
    find: "      if (!stepper.hasFailed) end(stepper);",
    replace: "      end(stepper);",
  },
  {
    name: "a failure points into the library",
    breaks: "the user's line",
    file: "src/testing/report.ts",
    find: "    .filter((line) => !(line.includes(HERE) || line.includes(HERE_AS_PATH)))",
    replace: "",
  },
  {
    name: "time stands still where a timer elapses",
    breaks: "SEMANTICS 6",
    file: "src/testing/step/control.ts",
    find: "    elapse: () => {\n      stepper.journal.waitUntil(dueMs);",
    replace: "    elapse: () => {",
  },
  {
    name: "what a test changes later is in the trace",
    breaks: "trace",
    file: STEPPER,
    find: "value === undefined ? {} : { value: this.codec.decode(bytes) };",
    replace: "value === undefined ? {} : { value };",
  },
];

const simulation: readonly Mutant[] = [
  {
    name: "an asynchronous law is not waited for",
    breaks: "simulate",
    file: "src/testing/simulate.ts",
    find: "    await unlessIdle(checked, moved,",
    replace: "    void checked.catch(() => {});\n    await unlessIdle(Promise.resolve(), moved,",
  },
  {
    name: "no fault ever happens",
    breaks: "simulate",
    file: "src/testing/simulate.ts",
    find: "      if (!this.#isOver) this.#strike();",
    replace: "",
  },
  {
    name: "faults that were not named happen",
    breaks: "simulate",
    file: "src/cli/commands/simulate.ts",
    find: 'pause: has("pause") };',
    replace: "pause: true };",
  },
];

export const testing: Catalogue = {
  profile: "testing",
  seeds: 0,
  tests: ["testing/step", "testing/engine", "testing/replay", "testing/simulate", "cli/simulate"],
  mutants: [...replay, ...engine, ...step, ...simulation],
};
