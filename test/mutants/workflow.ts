// What the workflow profile must kill: readings of the rules
// that a builder could choose, and slips.

import type { Catalogue, Edit, Mutant } from "./mutant.ts";
import { language } from "./workflow-language.ts";
import { life } from "./workflow-life.ts";

const APPLY = "src/workflow/machine/apply.ts";
const BATCH = "src/workflow/machine/batch.ts";
const BODY = "src/workflow/interpreter/body.ts";
const CALLS = "src/workflow/runner/calls.ts";
const DRIVER = "src/workflow/runner/run-driver.ts";
const OUTBOX = "src/workflow/runner/outbox.ts";
const WRITES = "src/workflow/interpreter/writes.ts";

const REBUILT: Edit = {
  file: DRIVER,
  find: "if (this.#epoch === undefined || !inDoubt) {",
  replace: "if (this.#epoch === undefined || inDoubt !== undefined) {",
};

const determinism: readonly Mutant[] = [
  {
    name: "the owner goes on with its own result before the group accepted it",
    breaks: "1",
    file: DRIVER,
    find: "      say: this.#outbox.push.bind(this.#outbox),",
    replace:
      "      say: (item: Parameters<Outbox['push']>[0]) => {\n        this.#outbox.push(item);\n" +
      '        if (item.kind === "outcome") this.#body?.feedOwn(item);\n      },',
    also: [
      {
        file: BODY,
        find: "  #start(): Advance | undefined {",
        replace:
          "  feedOwn(own: { effect: Barrier['effect']; outcome: Outcome }): void {\n" +
          "    const { effect, outcome } = own;\n" +
          "    if (!this.#barriers.pending.has(effect.path)) return;\n" +
          "    const last = this.#journal.inputs.at(-1);\n    if (last === undefined) return;\n" +
          '    this.#feed({ ...last, kind: "outcome", effect, outcome });\n  }\n\n' +
          "  #start(): Advance | undefined {",
      },
    ],
  },
  {
    name: "an input is fed into a paused stretch",
    breaks: "2",
    file: BODY,
    find: `      if (this.#paused !== undefined) return { kind: "paused" };`,
    replace: `      if (this.#paused !== undefined) return this.#next() ?? { kind: "paused" };`,
  },
  {
    name: "the journal is matched strictly in its order",
    breaks: "4",
    file: WRITES,
    find: "    const record = this.#journal.writes.get(path);\n    if",
    replace:
      "    const record = [...this.#journal.writes.values()][Reflect.get(this, 'n') ?? 0];\n" +
      "    Reflect.set(this, 'n', Number(Reflect.get(this, 'n') ?? 0) + 1);\n    if",
  },
  {
    name: "the body's own value wins over the recorded one",
    breaks: "4",
    file: WRITES,
    find: "const value = isOwn ? copyOf(own.value, this.#codec) : ",
    replace: "const value = own.ok ? copyOf(own.value, this.#codec) : ",
  },
  {
    name: "a second result for a settled path is divergence",
    breaks: "5",
    file: "src/workflow/interpreter/barriers.ts",
    find: `if (this.#settled.has(path)) return { kind: "late" };`,
    replace: "",
  },
  {
    name: "now is the stamp of the journal's last input",
    breaks: "6",
    file: BODY,
    find: "atMs: this.#atMs, isOwner };",
    replace: "atMs: this.#journal.inputs.at(-1)?.atMs ?? 0, isOwner };",
  },
  {
    name: "now is the log time of whoever asks",
    breaks: "6",
    file: BODY,
    find: "atMs: this.#atMs, isOwner };",
    replace: 'atMs: Number(Reflect.get(this.#journal, "nowMs") ?? this.#atMs), isOwner };',
    also: [
      {
        file: APPLY,
        find: "  keepForView(state, command);",
        replace:
          "  keepForView(state, command);\n" +
          '  for (const run of state.runs.values()) Reflect.set(run, "nowMs", state.timeMs);',
      },
    ],
  },
  {
    name: "now is the time of the journal's last record, writes among them",
    breaks: "6",
    file: BODY,
    find: "atMs: this.#atMs, isOwner };",
    replace:
      'atMs: Math.max(this.#atMs, Number(Reflect.get(this.#journal, "nowMs") ?? 0)), isOwner };',
    also: [
      {
        file: BATCH,
        find: "    run.lastIndex = taking.context.index;",
        replace:
          "    run.lastIndex = taking.context.index;\n" +
          '    Reflect.set(run, "nowMs", state.timeMs);',
      },
    ],
  },
  {
    name: "now moves to the time of a signal that was kept, when it is read",
    breaks: "6",
    file: BODY,
    find: "answer = this.#follow(fiber, this.#asking.ask(fiber, resumed.value, this.#stretch));",
    replace:
      "const read = this.#signals.consumed.length;\n" +
      "      const asked = this.#asking.ask(fiber, resumed.value, this.#stretch);\n" +
      "      const id = this.#signals.consumed[read];\n" +
      '      const kept = this.#journal.inputs.find((i) => i.kind === "signal" && i.id === id);\n' +
      "      if (kept !== undefined) this.#atMs = kept.atMs;\n" +
      "      this.#openStretch();\n" +
      "      answer = this.#follow(fiber, asked);",
  },
  {
    name: "log time is the raw stamp of whoever leads",
    breaks: "6",
    file: APPLY,
    find: "state.timeMs = Math.max(state.timeMs, context.stampMs);",
    replace: "state.timeMs = context.stampMs;",
  },
  {
    name: "random draws what no other member draws",
    breaks: "6",
    file: "src/workflow/interpreter/derived.ts",
    find: "      .number(this.#draws++)",
    replace: "      .number(Math.random())",
  },
];

const acting: readonly Mutant[] = [
  {
    name: "a barrier does not wait for the writes before it",
    breaks: "10",
    file: DRIVER,
    find: "if (barrier.registeredAt >= openFrom) continue;",
    replace: "",
  },
  {
    name: "a barrier waits until the writes before it were proposed",
    breaks: "10",
    file: OUTBOX,
    find: "    for (const batch of this.#inflight) {\n      const cursor",
    replace: "    for (const batch of [] as Batch[]) {\n      const cursor",
  },
  {
    name: "a barrier waits until the writes before it are in the log, accepted or not",
    breaks: "10",
    file: DRIVER,
    find: "if (isMine) this.#outbox.accepted(run.sequence);",
    replace: "if (isMine) this.#outbox.accepted(run.sequence + run.gaps);",
  },
  {
    name: "a barrier waits for the writes of its own stretch alone",
    breaks: "10",
    file: DRIVER,
    find: "if (barrier.registeredAt >= openFrom) continue;",
    replace: "if (barrier.registeredAt === openFrom) continue;",
  },
  {
    name: "bodies start before the stretch rests",
    breaks: "10",
    file: DRIVER,
    find: "if (isOwner && body.isAtRest) this.#owe(body);",
    replace: "if (isOwner) this.#owe(body);",
  },
  {
    name: "batches are taken in any order",
    breaks: "11",
    file: BATCH,
    find: "if (batch.sequence > expected) {",
    replace: "if (batch.sequence < 0) {",
  },
  {
    name: "a timer's end is taken beside the numbered stream",
    breaks: "11",
    file: BATCH,
    find: "    run.gaps++;",
    replace:
      "    run.gaps++;\n    for (const item of batch.items)\n" +
      '      if (item.kind === "outcome" && item.effect.kind === "sleep")\n' +
      "        record(state, run, item, context);",
    also: [
      {
        file: DRIVER,
        find: "if (barrier.registeredAt >= openFrom) continue;",
        replace: "if (barrier.registeredAt >= openFrom && barrier.call !== undefined) continue;",
      },
    ],
  },
  {
    name: "an accepted batch is taken again",
    breaks: "11, 25",
    file: BATCH,
    find: `if (batch.sequence < expected) return { kind: "duplicate" };`,
    replace: "",
  },
  {
    name: "a gap makes the owner throw its generator away within the epoch",
    breaks: "11, 16",
    file: DRIVER,
    find: "    this.#gapsAnswered = this.run.gaps;",
    replace:
      "    if (batches.length > 0) {\n      this.#dropSpeech(new Error('gap'));\n" +
      "      this.#outbox.reset(this.run.sequence);\n      this.#body = undefined;\n" +
      "      this.#gapsAnswered = this.run.gaps;\n      return [];\n    }",
  },
  {
    name: "a start marker is whose epoch it is of, and a generator is rebuilt within one",
    breaks: "12, 16",
    file: CALLS,
    find: "    if (marker === nonce) {",
    replace: "    if (marker.split('.')[0] === String(this.#run.epoch)) {",
    also: [
      {
        file: CALLS,
        find: "    else if (this.#run.markers.has(path)) {",
        replace:
          "    else if (this.#run.markers.get(path)?.split('.')[0] ===\n" +
          "      String(this.#run.epoch)) {\n" +
          "      if (this.#slots.take()) this.#start(barrier, call);\n" +
          "    } else if (this.#run.markers.has(path)) {",
      },
      REBUILT,
    ],
  },
  {
    name: "a change of epoch counts no attempt",
    breaks: "13",
    file: "src/workflow/machine/run.ts",
    find: "return 1 + (run.attempts.get(path)?.failures ?? 0) + changes;",
    replace: "return 1 + (run.attempts.get(path)?.failures ?? 0 * changes);",
  },
  {
    name: "the next attempt starts before the last one's failure is accepted",
    breaks: "13",
    file: CALLS,
    find: `return call.kind === "reported" && (past?.failures ?? 0) > call.failures;`,
    replace: `return call.kind === "reported" || (past?.failures ?? 0) > 1e9;`,
  },
  {
    name: "the end is told only by who came to it as owner",
    breaks: "14",
    file: DRIVER,
    find: "    const advance = this.#advance(this.#body);",
    replace:
      "    if (this.#body.finished !== undefined) this.#isFinishSaid = true;\n" +
      "    const advance = this.#advance(this.#body);",
  },
  {
    name: "what a lost hint left undone is never looked for",
    breaks: "14",
    file: "src/workflow/runner/runner.ts",
    find: "      this.#sweep();\n",
    replace: "",
  },
  {
    name: "a missed batch is not sent again",
    breaks: "11, 14",
    file: DRIVER,
    find: "this.run.gaps > this.#gapsAnswered ? [...this.#outbox.inflight] : [];",
    replace: "this.run.gaps < 0 ? [...this.#outbox.inflight] : [];",
  },
];

const ownership: readonly Mutant[] = [
  {
    name: "a process takes its twin's runs for its own",
    breaks: "15",
    file: "src/node/presence.ts",
    find: "if (member.nonce !== nonce) {",
    replace: 'if (member.nonce === "") {',
  },
  {
    name: "a process that was replaced before it saw itself stand announces itself for ever",
    breaks: "15",
    file: "src/node/presence.ts",
    find: "this.#wasUp || member.formerNonces.includes(nonce)",
    replace: "this.#wasUp",
  },
  {
    name: "no epoch fence",
    breaks: "15, 17",
    file: BATCH,
    find: ` || run.status.kind !== "running" || batch.epoch !== run.epoch`,
    replace: ` || run.status.kind !== "running"`,
  },
  {
    name: "a generator is rebuilt in the same epoch with batches in doubt",
    breaks: "16",
    ...REBUILT,
  },
  {
    name: "a claim renews no epoch",
    breaks: "16",
    file: "src/workflow/machine/parking.ts",
    find: 'return ignored("the claim is of another epoch");\n  renewEpoch(state, run, context);',
    replace: 'return ignored("the claim is of another epoch");',
  },
  {
    name: "a demoted owner keeps its generator",
    breaks: "17",
    file: DRIVER,
    find: "if (!this.#outbox.isClean) this.#body = undefined;",
    replace: "",
  },
  {
    name: "bodies of an earlier epoch report into the next",
    breaks: "17",
    file: DRIVER,
    find: "  #dropSpeech(why: Error): void {\n    this.#calls.dropAll(why);",
    replace: "  #dropSpeech(_why: Error): void {",
  },
  {
    name: "an announcement does not look at the unassigned",
    breaks: "18",
    file: "src/workflow/machine/members.ts",
    find: "  for (const run of inOrder(waiting)) {\n    reassign(state, run, context);",
    replace: "  for (const run of inOrder(waiting)) {",
  },
  {
    name: "a standby is fed what its owner has not gone through",
    breaks: "19",
    file: BODY,
    find: `if (this.#role === "standby" && this.#journal.through < input.position) {`,
    replace: "if (this.#journal.through < -1) {",
  },
  {
    name: "a run goes to a member that does not have its workflow",
    breaks: "18",
    file: "src/workflow/machine/ownership.ts",
    find: "member.isUp && member.catalogue.has(catalogueKey(run.name, run.version));",
    replace: "member.isUp && run.name !== catalogueKey('', 0);",
  },
  {
    name: "a batch cut in the middle of a stretch says that it ran through it",
    breaks: "19",
    file: DRIVER,
    find: "this.#outbox.cut(this.run, this.#body.rested)",
    replace: "this.#outbox.cut(this.run, this.#body.cursor)",
  },
  {
    name: "a batch that leaves writes behind says that it ran through their stretch",
    breaks: "19",
    file: OUTBOX,
    find: "this.#unsent.length === 0 ? through : throughBefore(this.#unsent, through)",
    replace:
      "this.#unsent.length === 0 ? through : (throughBefore(this.#unsent, through), through)",
  },
];

export const workflow: Catalogue = {
  profile: "workflow",
  seeds: 2_000,
  tests: ["test/workflow"],
  mutants: [...determinism, ...acting, ...ownership, ...language, ...life],
};
