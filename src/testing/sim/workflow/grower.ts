// Random workflow programs as trees, from a seed: what `program.ts` runs.

import { type Prng, prngOf } from "../../../std/prng.ts";

export type Statement =
  | { readonly kind: "checkpoint"; readonly to: number }
  | { readonly kind: "set"; readonly variable: number; readonly from: number }
  | { readonly kind: "update"; readonly variable: number; readonly to: number }
  | {
      readonly kind: "compute" | "step";
      readonly from: number;
      readonly to: number;
      readonly attempts: number;
      readonly atMostOnce: boolean;
    }
  | { readonly kind: "sleep"; readonly ms: number }
  | { readonly kind: "now" | "random" | "uuid" | "log" | "info"; readonly to: number }
  | {
      readonly kind: "receive";
      readonly signal: number;
      readonly timeoutMs: number | undefined;
      readonly to: number;
    }
  | {
      readonly kind: "all" | "race" | "allSettled" | "any";
      readonly isRecord: boolean;
      readonly branches: readonly Statement[];
      readonly to: number;
    }
  | {
      readonly kind: "map";
      readonly branches: readonly Statement[];
      readonly concurrency: number;
      readonly to: number;
    }
  | {
      readonly kind: "spawn";
      readonly task: Statement;
      readonly beside: Statement;
      readonly end: "join" | "cancel" | "nothing";
      readonly to: number;
    }
  | {
      readonly kind: "child";
      readonly from: number;
      readonly to: number;
      readonly waitsFor: "end" | "start" | "both";
      readonly parentClose: "cancel" | "terminate" | "abandon";
    }
  | { readonly kind: "shield"; readonly body: Statement }
  | { readonly kind: "saga"; readonly body: Statement; readonly undo: Statement }
  | {
      /** The guard came with the new code: old code has no such statement, and takes `no`. */
      readonly kind: "patched";
      readonly id: string;
      readonly yes: Statement;
      readonly no: Statement;
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
/** Names of signals: `s0`, `s1`. */
export const SIGNALS = 2;
const DEPTH_MAX = 3;

class Grower {
  readonly #random: Prng;
  #budget: number;
  #patches = 0;

  readonly #isChild: boolean;

  constructor(random: Prng, isChild: boolean) {
    this.#random = random;
    this.#isChild = isChild;
    this.#budget = isChild ? 2 + random.below(4) : 6 + random.below(16);
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
    switch (random.below(this.#isChild ? 17 : 18)) {
      case 17: {
        const waitsFor = random.pick(["end", "end", "start", "both"] as const);
        const parentClose = random.pick(["cancel", "terminate", "abandon"] as const);
        return { kind: "child", from, to, waitsFor, parentClose };
      }
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
      case 7: {
        const kind = random.pick(["compute", "compute", "compute", "step"] as const);
        const attempts = 1 + random.below(3);
        return { kind, from, to, attempts, atMostOnce: random.chance(0.3) };
      }
      case 8:
      case 9:
        return { kind: "sleep", ms: random.below(20) };
      case 10:
      case 11:
        return { kind: "now", to };
      case 12:
      case 13: {
        const timeoutMs = random.chance(0.6) ? random.below(30) : undefined;
        return { kind: "receive", signal: random.below(SIGNALS), timeoutMs, to };
      }
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
    const to = this.#register();
    switch (random.below(11)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        const kind = random.pick(["all", "race", "race", "allSettled", "any"] as const);
        return { kind, isRecord: random.chance(0.5), to, branches: this.#branches(depth) };
      }
      case 4:
        return this.#mapped(depth, to);
      case 5:
        return { kind: "if", on: to, yes: this.#block(depth + 1), no: this.#block(depth + 1) };
      case 6:
        return { kind: "loop", times: 1 + random.below(3), body: this.#block(depth + 1) };
      case 7:
        return this.#spawned(depth, to);
      case 8:
        return this.#guarded(depth);
      default:
        return this.#tried(depth);
    }
  }

  #mapped(depth: number, to: number): Statement {
    const concurrency = 1 + this.#random.below(3);
    return { kind: "map", to, branches: this.#branches(depth), concurrency };
  }

  #spawned(depth: number, to: number): Statement {
    const end = this.#random.pick(["join", "join", "cancel", "nothing"] as const);
    const task = this.#block(depth + 1);
    return { kind: "spawn", to, task, beside: this.#statement(depth + 1), end };
  }

  #guarded(depth: number): Statement {
    switch (this.#random.below(3)) {
      case 0:
        return { kind: "shield", body: this.#block(depth + 1) };
      case 1:
        return { kind: "saga", body: this.#block(depth + 1), undo: this.#leaf() };
      default: {
        const id = `p${this.#patches++}`;
        return { kind: "patched", id, yes: this.#block(depth + 1), no: this.#block(depth + 1) };
      }
    }
  }

  #tried(depth: number): Statement {
    return {
      kind: "try",
      body: this.#block(depth + 1),
      cleanUp: this.#leaf(),
      isCatching: this.#random.chance(0.6),
    };
  }
}

/** The same seed gives the same program. */
export const randomProgram = (seed: number, name: string): Statement =>
  new Grower(prngOf(seed, `program ${name}`), name === CHILD).program();

/** The name of the workflow that others start; it starts none. */
export const CHILD = "child";
