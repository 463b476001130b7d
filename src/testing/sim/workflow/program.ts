// Random workflow programs: a tree from a seed, run by one real generator.
//
// The program carries a ghost: a rolling hash of every answer that it got. Effects are named by it,
// so that a body whose past differs by one bit asks for another name, and the engine's own check
// finds it.

import { type Prng, prngOf } from "../../../std/prng.ts";
import { all, race } from "../../../workflow/dsl/combinators.ts";
import { type Workflow, workflow } from "../../../workflow/dsl/define.ts";
import { info, log, now, random, uuid } from "../../../workflow/dsl/derived.ts";
import type { Gen, Variable } from "../../../workflow/dsl/effect.ts";
import { sleep } from "../../../workflow/dsl/sleep.ts";
import { effects } from "../../../workflow/dsl/step.ts";
import { checkpoint, variable } from "../../../workflow/dsl/write-behind.ts";
import type { EffectWorld } from "./effect-world.ts";
import { hashText, mix } from "./ghost.ts";

const { step, compute } = effects<EffectWorld>();

type Statement =
  | { readonly kind: "checkpoint"; readonly to: number }
  | { readonly kind: "set"; readonly variable: number; readonly from: number }
  | { readonly kind: "update"; readonly variable: number; readonly to: number }
  | {
      readonly kind: "compute" | "step";
      readonly from: number;
      readonly to: number;
      readonly attempts: number;
    }
  | { readonly kind: "sleep"; readonly ms: number }
  | { readonly kind: "now" | "random" | "uuid" | "log" | "info"; readonly to: number }
  | {
      readonly kind: "all" | "race";
      readonly isRecord: boolean;
      readonly branches: readonly Statement[];
      readonly to: number;
    }
  | {
      readonly kind: "if";
      readonly on: number;
      readonly yes: Statement;
      readonly no: Statement;
    }
  | { readonly kind: "loop"; readonly times: number; readonly body: Statement }
  | {
      readonly kind: "try";
      readonly body: Statement;
      readonly cleanUp: Statement;
      readonly isCatching: boolean;
    }
  | { readonly kind: "sequence"; readonly body: readonly Statement[] };

const REGISTERS = 3;
const DEPTH_MAX = 3;

class Grower {
  readonly #random: Prng;
  #budget: number;

  constructor(random: Prng) {
    this.#random = random;
    this.#budget = 6 + random.below(16);
  }

  program(): Statement {
    const body: Statement[] = [];
    while (this.#budget > 0) body.push(this.#statement(0));
    return { kind: "sequence", body };
  }

  #register(): number {
    return this.#random.below(REGISTERS);
  }

  #leaf(): Statement {
    this.#budget--;
    const random = this.#random;
    const to = this.#register();
    const from = this.#register();
    switch (random.below(13)) {
      case 0:
      case 1:
        return { kind: "checkpoint", to };
      case 2:
        return { kind: "set", variable: random.below(2), from };
      case 3:
        return { kind: "update", variable: random.below(2), to };
      case 4:
      case 5:
      case 6:
        return { kind: "compute", from, to, attempts: 1 + random.below(3) };
      case 7:
        return { kind: "step", from, to, attempts: 1 + random.below(3) };
      case 8:
      case 9:
        return { kind: "sleep", ms: random.below(20) };
      case 10:
      case 11:
        return { kind: "now", to };
      default:
        return { kind: random.pick(["random", "uuid", "log", "info"]), to };
    }
  }

  #block(depth: number): Statement {
    const body = Array.from({ length: 1 + this.#random.below(3) }, () => this.#statement(depth));
    return { kind: "sequence", body };
  }

  #branches(depth: number): readonly Statement[] {
    return Array.from({ length: 2 + this.#random.below(2) }, () => this.#block(depth + 1));
  }

  #statement(depth: number): Statement {
    const random = this.#random;
    if (depth >= DEPTH_MAX || this.#budget <= 0 || random.chance(0.5)) return this.#leaf();
    this.#budget--;
    const isRecord = random.chance(0.5);
    const to = this.#register();
    switch (random.below(6)) {
      case 0:
        return { kind: "all", isRecord, to, branches: this.#branches(depth) };
      case 1:
      case 2:
        return { kind: "race", isRecord, to, branches: this.#branches(depth) };
      case 3:
        return { kind: "if", on: to, yes: this.#block(depth + 1), no: this.#block(depth + 1) };
      case 4:
        return { kind: "loop", times: 1 + random.below(3), body: this.#block(depth + 1) };
      default:
        return {
          kind: "try",
          body: this.#block(depth + 1),
          cleanUp: this.#leaf(),
          isCatching: random.chance(0.6),
        };
    }
  }
}

/** What every branch of one run shares: locals of the closure, on purpose. */
class Locals {
  readonly registers: number[] = [1, 2, 3];
  ghost = 17;
  lastNowMs = 0;
  readonly variables: Variable<number>[] = [];

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

/** A workflow that is a random program; the same seed gives the same one. */
export function randomWorkflow(
  name: string,
  seed: number,
  host: ProgramHost,
): Workflow<number, RunResult> {
  const program = new Grower(prngOf(seed, `program ${name}`)).program();
  return workflow({
    name,
    run: function* (input: number): Gen<RunResult> {
      const locals = new Locals();
      locals.take(0, input);
      locals.variables.push(yield* variable("v0", input), yield* variable("v1", 0));
      yield* execute(program, locals, host);
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
      yield* branched(s, locals, host);
      return;
    default:
      yield* leaf(s, locals, host);
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
    locals.take(0, error instanceof Error ? `${error.name} ${error.message}` : "?");
    if (!s.isCatching || (error instanceof Error && error.name === "Cancelled")) throw error;
  } finally {
    yield* execute(s.cleanUp, locals, host);
  }
}

function* branched(
  s: Extract<Statement, { kind: "all" | "race" }>,
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
  const labelled = Object.fromEntries(branches.map((branch, i) => [`b${i}`, branch]));
  if (s.kind === "all") {
    const given = s.isRecord ? yield* all(labelled) : yield* all(branches);
    locals.take(s.to, JSON.stringify(given));
  } else {
    const won = s.isRecord ? yield* race(labelled) : yield* race(branches);
    locals.take(s.to, `${won.tag} ${won.value}`);
  }
}

type Leaf = Exclude<Statement, { kind: "sequence" | "if" | "loop" | "try" | "all" | "race" }>;

function* leaf(s: Leaf, locals: Locals, host: ProgramHost): Gen<void> {
  const name = `g${locals.ghost}`;
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
    default:
      yield* derived(s, locals, host);
  }
}

function* call(
  s: Extract<Statement, { kind: "compute" | "step" }>,
  name: string,
  locals: Locals,
): Gen<number> {
  const options = { retry: { attempts: s.attempts, backoff: 5, jitter: 0 } };
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
