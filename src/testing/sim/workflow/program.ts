// Random workflow programs, run by one real generator.
//
// The program carries a ghost: a rolling hash of every answer that it got. Effects are named by it,
// so that a body whose past differs by one bit asks for another name, and the engine's own check
// finds it. Branches of a wild program share everything; those of a tame one share nothing.

import { all, allSettled, any, map, race } from "../../../workflow/dsl/combinators.ts";
import { type Workflow, workflow } from "../../../workflow/dsl/define.ts";
import { now } from "../../../workflow/dsl/derived.ts";
import type { Gen } from "../../../workflow/dsl/effect.ts";
import { continueAsNew, fail } from "../../../workflow/dsl/ending.ts";
import { patched } from "../../../workflow/dsl/patched.ts";
import { saga } from "../../../workflow/dsl/saga.ts";
import { receive } from "../../../workflow/dsl/signal.ts";
import { shield, spawn } from "../../../workflow/dsl/task.ts";
import { variable } from "../../../workflow/dsl/write-behind.ts";
import { CHILD, randomProgram, TAME_CHILD } from "./grower.ts";
import { leaf, NEVER } from "./leaves.ts";
import { GENERATION, Locals, type ProgramHost, WAITING } from "./locals.ts";
import type { Statement } from "./statement.ts";

export interface RunResult {
  readonly ghost: number;
  readonly registers: readonly number[];
  readonly variables: readonly number[];
}

export interface ProgramChoice {
  readonly name: string;
  readonly seed: number;
  /** The code before its patches. */
  readonly isOld: boolean;
}

/** Tame ones are named so: their outcome does not hang on who is faster. */
export const isTame = (name: string): boolean => name.startsWith("tame");

/** A workflow that is a random program; the same seed gives the same one. */
export function randomWorkflow(
  { name, seed, isOld }: ProgramChoice,
  host: ProgramHost,
): Workflow<number, RunResult> {
  const kind = { isTame: isTame(name), isChild: name === CHILD || name === TAME_CHILD };
  const program = randomProgram(seed, name, kind);
  return workflow({
    name,
    run: function* (input: number): Gen<RunResult> {
      const locals = new Locals({ isOld: isOld && !kind.isTame, isTame: kind.isTame, input });
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
        const undo = (): Gen<void> => execute(s.undo, locals, host);
        if (s.isOfResult) yield* scope.run(now(), undo);
        else scope.compensate(undo);
        yield* execute(s.body, locals, host);
      });
      return;
    case "fail":
      if (s.isFinal) yield* fail(`failed at ${locals.ghost}`);
      throw new Error(`failed at ${locals.ghost}`);
    case "continueAsNew":
      if (locals.input < GENERATION) yield* continueAsNew(locals.input + GENERATION);
      return;
    case "awaitCancel":
      yield* (yield* variable(WAITING, 0)).set(1);
      yield* receive(NEVER);
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
  const own = locals.forBranch();
  const task = yield* spawn(function* (): Gen<number> {
    yield* execute(s.task, own, host);
    return own.ghost;
  });
  yield* execute(s.beside, locals, host);
  if (s.end === "nothing") return;
  if (s.end === "cancel") yield* task.cancel();
  try {
    locals.take(s.to, yield* task.join());
  } catch (error) {
    if (s.end !== "cancel") throw error;
    locals.take(s.to, told(error));
  }
}

function* guarded(
  s: Extract<Statement, { kind: "try" }>,
  locals: Locals,
  host: ProgramHost,
): Gen<void> {
  try {
    yield* execute(s.body, locals, host);
  } catch (error) {
    // A tame one may have been cancelled anywhere, if it is to lose: what it was at tells nothing.
    locals.take(0, told(error));
    const isCancelled = error instanceof Error && error.name === "Cancelled";
    if (s.catches === "nothing" || (isCancelled && s.catches === "failures")) throw error;
  } finally {
    yield* execute(s.cleanUp, locals, host);
  }
}

function* branched(
  s: Extract<Statement, { readonly branches: readonly Statement[] }>,
  locals: Locals,
  host: ProgramHost,
): Gen<void> {
  const branches = s.branches.map((branch, i) => {
    const own = locals.forBranch();
    return function* (): Gen<number> {
      yield* execute(branch, own, host);
      return locals.isTame ? own.ghost : i;
    };
  });
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
    JSON.stringify(given, (_, value) => (value instanceof Error ? value.message : value)),
  );
}

type Combined = "all" | "race" | "allSettled" | "any";
type Branches = readonly (() => Gen<number>)[] | Readonly<Record<string, () => Gen<number>>>;

function* combined(kind: Combined, branches: Branches): Gen<unknown> {
  const combinators = { all, race, allSettled, any };
  return yield* combinators[kind](branches);
}

const told = (error: unknown): string =>
  error instanceof Error ? `${error.name} ${error.message}` : "?";
