// Random workflow programs as trees, from a seed. A wild one does anything anywhere: its branches
// share variables and race each other. A tame one is grown so that its outcome does not hang on who
// is faster: of a race one branch alone can end, at most one branch of an `all` may fail, signals
// are read by one strand alone, and it is cancelled where it waits for nothing else.

import { type Prng, prngOf } from "../../../std/prng.ts";
import { type FateKind, type Statement, sequence } from "./statement.ts";

const REGISTERS = 3;
/** Names of signals: `s0`, `s1`. */
export const SIGNALS = 2;
const DEPTH_MAX = 3;

/** The names of workflows that others start; they start none. */
export const CHILD = "child";
export const TAME_CHILD = "tame child";

export interface ProgramKind {
  readonly isTame: boolean;
  readonly isChild: boolean;
}

/** What a statement may do where it stands. In a wild program: all of it. */
interface Around {
  readonly depth: number;
  readonly mayFail: boolean;
  readonly mayReceive: boolean;
  /** It stands where the run may be continued, or cancelled, with nothing else under way. */
  readonly isAlone: boolean;
}

type Combined = "all" | "race" | "allSettled" | "any";

class Grower {
  readonly #random: Prng;
  readonly #kind: ProgramKind;
  #budget: number;
  #patches = 0;
  #cancels = 0;

  constructor(random: Prng, kind: ProgramKind) {
    this.#random = random;
    this.#kind = kind;
    this.#budget = kind.isChild ? 2 + random.below(4) : 6 + random.below(16);
  }

  program(): Statement {
    const body: Statement[] = [];
    const { isChild, isTame } = this.#kind;
    const mayFail = !(isTame && isChild);
    const around = { depth: 0, mayFail, mayReceive: true, isAlone: !isChild };
    while (this.#budget > 0) body.push(this.#statement(around));
    return sequence(...body);
  }

  #register(): number {
    return this.#random.below(REGISTERS);
  }

  #leaf(around: Around): Statement {
    this.#budget--;
    return this.#kind.isTame ? this.#tameLeaf(around) : this.#wildLeaf();
  }

  #wildLeaf(): Statement {
    const random = this.#random;
    const to = this.#register();
    switch (random.below(this.#kind.isChild ? 19 : 20)) {
      case 19:
        return this.#child(["end", "end", "start", "both"]);
      case 18:
        return random.pick<Statement>([
          { kind: "fail", isFinal: random.chance(0.5) },
          { kind: "declare", variable: random.below(2), to },
          { kind: "declare", variable: random.below(2), to },
          { kind: "sleepUntil", ms: random.below(20) },
          { kind: "sleepUntil", ms: random.below(20) },
          random.chance(0.3) ? { kind: "continueAsNew" } : { kind: "now", to },
        ]);
      case 0:
      case 1:
        return { kind: "checkpoint", to };
      case 2:
        return { kind: "set", variable: random.below(2), from: this.#register() };
      case 3:
        return { kind: "update", variable: random.below(2), to };
      case 4:
      case 5:
      case 6:
      case 7:
        return this.#wildCall(to);
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

  #wildCall(to: number): Statement {
    const random = this.#random;
    return {
      kind: random.pick(["compute", "compute", "compute", "step"]),
      from: this.#register(),
      to,
      attempts: 1 + random.below(3),
      atMostOnce: random.chance(0.3),
      timeout: random.chance(0.2)
        ? { of: random.pick(["attempt", "all"]), ms: 1 + random.below(30) }
        : undefined,
      fate: undefined,
    };
  }

  #child(waits: readonly ["end", ...("end" | "start" | "both")[]]): Statement {
    const random = this.#random;
    const waitsFor = random.pick(waits);
    const parentClose = random.pick(["cancel", "terminate", "abandon"] as const);
    return { kind: "child", from: this.#register(), to: this.#register(), waitsFor, parentClose };
  }

  #tameLeaf({ mayFail, mayReceive }: Around): Statement {
    const random = this.#random;
    const to = this.#register();
    switch (random.below(this.#kind.isChild ? 15 : 17)) {
      case 0:
        return { kind: "checkpoint", to };
      case 1:
        return { kind: "set", variable: random.below(2), from: this.#register() };
      case 2:
        return { kind: "update", variable: random.below(2), to };
      case 3:
        return { kind: "declare", variable: random.below(2), to };
      case 4:
        return { kind: random.pick(["sleep", "sleepUntil"]), ms: random.below(20) };
      case 5:
        return { kind: "log", to };
      case 6:
        return { kind: "receive", signal: "never", timeoutMs: random.below(20), to };
      case 7:
      case 8:
        if (!mayReceive) return { kind: "checkpoint", to };
        return { kind: "receive", signal: random.below(SIGNALS), timeoutMs: undefined, to };
      case 9:
        return mayFail && random.chance(0.4)
          ? { kind: "fail", isFinal: random.chance(0.5) }
          : { kind: "log", to };
      case 15:
      case 16:
        return this.#child(["end", "both"]);
      default:
        return this.#tameCall(to, mayFail);
    }
  }

  #tameCall(to: number, mayFail: boolean): Statement {
    const random = this.#random;
    const good = ["gives", "gives", "is flaky"] as const;
    const bad = ["gives", "fails", "is final", "hangs"] as const;
    const fate: FateKind = mayFail && random.chance(0.3) ? random.pick(bad) : random.pick(good);
    const of = random.pick(["attempt", "all"] as const);
    return {
      kind: random.pick(["compute", "step"]),
      from: this.#register(),
      to,
      attempts: fate === "is flaky" ? Number.POSITIVE_INFINITY : 1 + random.below(3),
      atMostOnce: false,
      timeout: fate === "hangs" ? { of, ms: 1 + random.below(20) } : undefined,
      fate,
    };
  }

  #block(around: Around): Statement {
    const body = Array.from({ length: 1 + this.#random.below(3) }, () => this.#statement(around));
    return sequence(...body);
  }

  #statement(around: Around): Statement {
    const random = this.#random;
    const isDeep = around.depth >= DEPTH_MAX || this.#budget <= 0;
    if (isDeep || random.chance(0.5)) return this.#leaf(around);
    this.#budget--;
    const to = this.#register();
    const inside = { ...around, depth: around.depth + 1 };
    switch (random.below(12)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        const kind = random.pick(["all", "race", "race", "allSettled", "any"] as const);
        const branches = this.#kind.isTame ? this.#tameBranches(kind, inside) : this.#wild(inside);
        return { kind, isRecord: random.chance(0.5), to, branches };
      }
      case 4:
        return this.#mapped(inside, to);
      case 5:
        return { kind: "if", on: to, yes: this.#block(inside), no: this.#block(inside) };
      case 6: {
        const once = { ...inside, isAlone: false };
        return { kind: "loop", times: 1 + random.below(3), body: this.#block(once) };
      }
      case 7:
        return this.#spawned(inside, to);
      case 8:
        return this.#guarded(inside);
      case 9:
        return this.#ending(inside);
      default:
        return this.#tried(inside);
    }
  }

  #wild(inside: Around, count: number = 2 + this.#random.below(2)): readonly Statement[] {
    return Array.from({ length: count }, () => this.#block(inside));
  }

  /** Grown so that it is known who ends: see the head of this file. */
  #tameBranches(kind: Combined, inside: Around): readonly Statement[] {
    const random = this.#random;
    const count = 2 + random.below(2);
    const one = random.below(count);
    const fails = kind === "all" && inside.mayFail && random.chance(0.3);
    const safe = { ...inside, mayFail: false, mayReceive: false, isAlone: false };
    return Array.from({ length: count }, (_, i) => {
      if (i !== one) return this.#tameOther(kind, safe);
      if (fails) return this.#failing(safe);
      const mayReceive = kind === "all" && inside.mayReceive;
      const mayFail = kind === "allSettled" || (kind === "race" && inside.mayFail);
      return this.#block({ ...safe, mayFail, mayReceive });
    });
  }

  /** A branch that does not say what comes of the whole. */
  #tameOther(kind: Combined, safe: Around): Statement {
    if (kind === "all") return this.#block(safe);
    if (kind === "allSettled") return this.#block({ ...safe, mayFail: true });
    if (kind === "any" && this.#random.chance(0.5)) return this.#failing(safe);
    return this.#endless(safe);
  }

  #failing(safe: Around): Statement {
    return sequence(this.#block(safe), { kind: "fail", isFinal: true });
  }

  #endless(safe: Around): Statement {
    const never: Statement = { kind: "receive", signal: "never", timeoutMs: undefined, to: 0 };
    return sequence(this.#block(safe), never);
  }

  #mapped(inside: Around, to: number): Statement {
    const concurrency = 1 + this.#random.below(3);
    const branches = this.#kind.isTame
      ? this.#tameBranches("all", inside)
      : this.#wild(inside, 2 + this.#random.below(4));
    return { kind: "map", to, branches, concurrency };
  }

  #spawned(inside: Around, to: number): Statement {
    const end = this.#random.pick(["join", "join", "cancel", "nothing"] as const);
    const { isTame } = this.#kind;
    const safe = { ...inside, mayReceive: false, isAlone: false };
    const tame = { ...safe, mayFail: false };
    const joined = (): Statement => this.#block(isTame ? safe : inside);
    const left = (): Statement => (isTame ? this.#endless(tame) : this.#block(inside));
    const task = end === "join" ? joined() : left();
    const beside = this.#statement({ ...inside, isAlone: false });
    return { kind: "spawn", to, task, beside, end };
  }

  #guarded(inside: Around): Statement {
    const random = this.#random;
    switch (random.below(3)) {
      case 0:
        return { kind: "shield", body: this.#block({ ...inside, isAlone: false }) };
      case 1: {
        const undo = this.#leaf({ ...inside, mayFail: false, mayReceive: false });
        return { kind: "saga", body: this.#block(inside), undo, isOfResult: random.chance(0.5) };
      }
      default: {
        const id = `p${this.#patches++}`;
        const yes = this.#block(inside);
        // Whether a tame program is told yes hangs on who owned it when.
        return { kind: "patched", id, yes, no: this.#kind.isTame ? yes : this.#block(inside) };
      }
    }
  }

  #ending(inside: Around): Statement {
    const { isTame } = this.#kind;
    if (!isTame || !inside.isAlone || this.#random.chance(0.3)) return this.#tried(inside);
    if (this.#random.chance(0.4)) return { kind: "continueAsNew" };
    return this.#cancels++ === 0 ? { kind: "awaitCancel" } : this.#tried(inside);
  }

  #tried(inside: Around): Statement {
    const catches = this.#random.pick(["nothing", "failures", "failures", "all"] as const);
    const { isTame } = this.#kind;
    const isSafe = catches !== "nothing";
    const body = this.#block(isSafe ? { ...inside, mayFail: true } : inside);
    // A branch that is to lose feels its cancellation where it is: it may not hold on.
    const held = isTame && catches === "all" && !inside.isAlone ? "failures" : catches;
    const cleanUp = this.#leaf({ ...inside, mayReceive: inside.mayReceive && !isTame });
    return { kind: "try", body, cleanUp, catches: held };
  }
}

/** The same seed gives the same program. */
export const randomProgram = (seed: number, name: string, kind: ProgramKind): Statement =>
  new Grower(prngOf(seed, `program ${name}`), kind).program();
