// Random workflow programs: a tree from a seed, run by one real generator.
//
// The program carries a ghost: a rolling hash of every answer that it got. Effects are named by it,
// so that a body whose past differs by one bit asks for another name, and the engine's own check
// finds it.

import { child } from "../../../workflow/dsl/child.ts";
import { all, allSettled, any, map, race } from "../../../workflow/dsl/combinators.ts";
import { type Workflow, workflow } from "../../../workflow/dsl/define.ts";
import { info, log, now, random, uuid } from "../../../workflow/dsl/derived.ts";
import type { Gen, Variable } from "../../../workflow/dsl/effect.ts";
import { continueAsNew } from "../../../workflow/dsl/ending.ts";
import { patched } from "../../../workflow/dsl/patched.ts";
import { saga } from "../../../workflow/dsl/saga.ts";
import { receive, signal } from "../../../workflow/dsl/signal.ts";
import { sleep } from "../../../workflow/dsl/sleep.ts";
import { effects } from "../../../workflow/dsl/step.ts";
import { shield, spawn } from "../../../workflow/dsl/task.ts";
import { checkpoint, variable } from "../../../workflow/dsl/write-behind.ts";
import type { EffectWorld } from "./effect-world.ts";
import { hashText, mix } from "./ghost.ts";
import { CHILD, randomProgram, SIGNALS, type Statement } from "./grower.ts";

const { step, compute } = effects<EffectWorld>();
const signals = Array.from({ length: SIGNALS }, (_, i) => signal<number>(`s${i}`));
/** A run whose input is below goes on, where its program says so, as one whose input is above. */
const GENERATION = 1_000;

/** What every branch of one run shares: locals of the closure, on purpose. */
class Locals {
  readonly registers: number[] = [1, 2, 3];
  ghost = 17;
  lastNowMs = 0;
  readonly variables: Variable<number>[] = [];
  readonly isOld: boolean;

  constructor(isOld: boolean) {
    this.isOld = isOld;
  }

  take(to: number, value: unknown): void {
    const word = typeof value === "number" ? value | 0 : hashText(String(value));
    this.registers[to] = mix(this.registers[to] ?? 0, word);
    this.ghost = mix(this.ghost, word);
  }

  get(from: number): number {
    return this.registers[from] ?? 0;
  }
}

/** What the simulation lends to bodies while they run: answers that differ at every reading. */
export interface ProgramHost {
  /** Nondeterministic on purpose: what a checkpoint records must win over it. */
  ownValue(): number;
  violation(law: string, detail: string): void;
}

export interface RunResult {
  readonly ghost: number;
  readonly registers: readonly number[];
  readonly variables: readonly number[];
}

/** Names of effects whose bodies run at most once an attempt begin with it. */
export const ONCE = "once ";

export interface ProgramChoice {
  readonly name: string;
  readonly seed: number;
  /** The code before its patches. */
  readonly isOld: boolean;
}

/** A workflow that is a random program; the same seed gives the same one. */
export function randomWorkflow(
  { name, seed, isOld }: ProgramChoice,
  host: ProgramHost,
): Workflow<number, RunResult> {
  const program = randomProgram(seed, name);
  return workflow({
    name,
    run: function* (input: number): Gen<RunResult> {
      const locals = new Locals(isOld);
      locals.take(0, input);
      locals.variables.push(yield* variable("v0", input), yield* variable("v1", 0));
      yield* execute(program, locals, host);
      if (seed % 3 === 0 && input < GENERATION) yield* continueAsNew(input + GENERATION);
      const variables = locals.variables.map(({ value }) => value);
      return { ghost: locals.ghost, registers: locals.registers, variables };
    },
  });
}

function* execute(s: Statement, locals: Locals, host: ProgramHost): Gen<void> {
  switch (s.kind) {
    case "sequence":
      for (const part of s.body) yield* execute(part, locals, host);
      return;
    case "if":
      yield* execute(locals.get(s.on) % 2 === 0 ? s.yes : s.no, locals, host);
      return;
    case "loop":
      for (let i = 0; i < s.times; i++) yield* execute(s.body, locals, host);
      return;
    case "try":
      yield* guarded(s, locals, host);
      return;
    case "all":
    case "race":
    case "allSettled":
    case "any":
    case "map":
      yield* branched(s, locals, host);
      return;
    case "spawn":
      yield* spawned(s, locals, host);
      return;
    case "shield":
      yield* shield(() => execute(s.body, locals, host));
      return;
    case "saga":
      yield* saga(function* (scope): Gen<void> {
        scope.compensate(() => execute(s.undo, locals, host));
        yield* execute(s.body, locals, host);
      });
      return;
    case "patched":
      yield* execute(!locals.isOld && (yield* patched(s.id)) ? s.yes : s.no, locals, host);
      return;
    default:
      yield* leaf(s, locals, host);
  }
}

function* spawned(
  s: Extract<Statement, { kind: "spawn" }>,
  locals: Locals,
  host: ProgramHost,
): Gen<void> {
  const task = yield* spawn(function* (): Gen<number> {
    yield* execute(s.task, locals, host);
    return locals.ghost;
  });
  yield* execute(s.beside, locals, host);
  if (s.end === "cancel") yield* task.cancel();
  if (s.end !== "nothing") locals.take(s.to, yield* task.join());
}

function* guarded(
  s: Extract<Statement, { kind: "try" }>,
  locals: Locals,
  host: ProgramHost,
): Gen<void> {
  try {
    yield* execute(s.body, locals, host);
  } catch (error) {
    locals.take(0, error instanceof Error ? `${error.name} ${error.message}` : "?");
    if (!s.isCatching || (error instanceof Error && error.name === "Cancelled")) throw error;
  } finally {
    yield* execute(s.cleanUp, locals, host);
  }
}

function* branched(
  s: Extract<Statement, { readonly branches: readonly Statement[] }>,
  locals: Locals,
  host: ProgramHost,
): Gen<void> {
  const branches = s.branches.map(
    (branch, i) =>
      function* (): Gen<number> {
        yield* execute(branch, locals, host);
        return i;
      },
  );
  if (s.kind === "map") {
    const { concurrency } = s;
    const given = yield* map(branches, (branch) => branch, { concurrency });
    locals.take(s.to, JSON.stringify(given));
    return;
  }
  const labelled = Object.fromEntries(branches.map((branch, i) => [`b${i}`, branch]));
  const given = s.isRecord ? yield* combined(s.kind, labelled) : yield* combined(s.kind, branches);
  // Errors by their message: JSON knows nothing of them.
  locals.take(
    s.to,
    JSON.stringify(given, (_, value) => (isError(value) ? value.message : value)),
  );
}

type Combined = "all" | "race" | "allSettled" | "any";
type Branches = readonly (() => Gen<number>)[] | Readonly<Record<string, () => Gen<number>>>;

function* combined(kind: Combined, branches: Branches): Gen<unknown> {
  const combinators = { all, race, allSettled, any };
  return yield* combinators[kind](branches);
}

const isError = (value: unknown): value is Error => value instanceof Error;

type Leaf = Extract<
  Statement,
  {
    kind:
      | "checkpoint"
      | "set"
      | "update"
      | "compute"
      | "step"
      | "sleep"
      | "receive"
      | "child"
      | "now"
      | "random"
      | "uuid"
      | "log"
      | "info";
  }
>;

function* leaf(s: Leaf, locals: Locals, host: ProgramHost): Gen<void> {
  const isOnce = "atMostOnce" in s && s.atMostOnce;
  const name = `${isOnce ? ONCE : "g"}${locals.ghost}`;
  switch (s.kind) {
    case "checkpoint":
      locals.take(s.to, yield* checkpoint(name, host.ownValue()));
      return;
    case "set":
      yield* locals.variables[s.variable]?.set(host.ownValue() ^ locals.get(s.from)) ?? sleep(0);
      locals.take(s.from, locals.variables[s.variable]?.value);
      return;
    case "update":
      locals.take(s.to, yield* locals.variables[s.variable]?.update((v) => v + 1) ?? now());
      return;
    case "compute":
    case "step":
      locals.take(s.to, yield* call(s, name, locals));
      return;
    case "sleep":
      // The ghost is in it as it is in names: a sleep has none.
      yield* sleep(s.ms + (locals.ghost % 8));
      locals.ghost = mix(locals.ghost, s.ms);
      return;
    case "child":
      locals.take(s.to, yield* childOf(s, locals));
      return;
    case "receive":
      yield* received(s, locals);
      return;
    default:
      yield* derived(s, locals, host);
  }
}

/** Its id has the ghost in it by way of its input, as names have. */
function* childOf(s: Extract<Leaf, { kind: "child" }>, locals: Locals): Gen<string> {
  const { parentClose } = s;
  const input = locals.ghost % GENERATION;
  if (s.waitsFor === "end") return JSON.stringify(yield* child(STARTED, input, { parentClose }));
  const started = yield* child.start(STARTED, input, { parentClose });
  return s.waitsFor === "start" ? started.workflowId : JSON.stringify(yield* started.result());
}

/** What is started goes by name and version: its code is the simulation's. */
const STARTED: Workflow<number, RunResult> = {
  name: CHILD,
  version: 1,
  run: () => {
    throw new Error("never run");
  },
};

function* received(s: Extract<Leaf, { kind: "receive" }>, locals: Locals): Gen<void> {
  const sent = signals[s.signal] ?? signal<number>("none");
  const { timeoutMs } = s;
  const options = timeoutMs === undefined ? {} : { timeout: timeoutMs + (locals.ghost % 8) };
  locals.take(s.to, (yield* receive(sent, options)) ?? "none");
}

function* call(
  s: Extract<Statement, { kind: "compute" | "step" }>,
  name: string,
  locals: Locals,
): Gen<number> {
  const { attempts, atMostOnce } = s;
  const options = { retry: { attempts, backoff: 5, jitter: 0 }, atMostOnce };
  const input = locals.get(s.from);
  if (s.kind === "compute") return yield* compute(name, (fx) => fx.deps.execute(fx), options);
  const named = step(name, (_input: number, fx) => fx.deps.execute(fx), options);
  return yield* named(input);
}

function* derived(
  s: Extract<Leaf, { kind: "now" | "random" | "uuid" | "log" | "info" }>,
  locals: Locals,
  host: ProgramHost,
): Gen<void> {
  switch (s.kind) {
    case "now": {
      const nowMs = (yield* now()).getTime();
      if (nowMs < locals.lastNowMs) host.violation("now never runs backwards (6)", `${nowMs}`);
      locals.lastNowMs = nowMs;
      locals.take(s.to, nowMs);
      return;
    }
    case "random":
      locals.take(s.to, String(yield* random()));
      return;
    case "uuid":
      locals.take(s.to, yield* uuid());
      return;
    case "info":
      locals.take(s.to, (yield* info()).runId);
      return;
    case "log":
      yield* log("a line", { ghost: locals.ghost });
  }
}
