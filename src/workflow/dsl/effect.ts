// What a workflow body yields. An effect is plain data, built by a constructor; it means nothing
// until an interpreter answers it. An Op is an effect as users hold it; `yield*` on it gives
// exactly A.

import type { CallBody, CallOptions, Fx } from "./call.ts";
import type { AnySchema } from "./schema.ts";

declare const suspend: unique symbol;
/**
 * What the iterator of an Op yields. No value has this type, so a bare `yield op` does not compile.
 */
export interface Suspend {
  readonly [suspend]: never;
}

/** An effect whose answer is an A. Built anew or used again, it is the same question. */
export interface Op<A> {
  readonly kind: EffectKind;
  // biome-ignore lint/suspicious/noExplicitAny: what is sent in is the interpreter's affair; `unknown` here breaks inference in unannotated helpers.
  [Symbol.iterator](): Iterator<Suspend, A, any>;
}

/**
 * A helper's type: `function* pay(order: Order): Gen<Receipt>`.
 * `never` as TNext would break `yield*` (TS2766).
 */
export type Gen<A> = Generator<Suspend, A, unknown>;

/**
 * One branch of `all`, `race` and their like. A generator object runs once;
 * a function makes a fresh one.
 */
export type Branch<A> = Op<A> | Gen<A> | (() => Gen<A> | Op<A>);

/** A branch with its label: an array's index, a record's key. */
export interface LabelledBranch {
  readonly label: string;
  readonly branch: Branch<unknown>;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * Everything a body may ask for. A new effect is one kind here, one constructor,
 * one handler, one test.
 */
export type Effect =
  // Leaf barriers: one outcome each.
  | {
      readonly kind: "compute";
      readonly name: string;
      readonly body: CallBody;
      readonly options: CallOptions;
    }
  | {
      readonly kind: "step";
      readonly name: string;
      readonly input: unknown;
      readonly schema: AnySchema | undefined;
      readonly body: CallBody;
      readonly options: CallOptions;
    }
  | { readonly kind: "sleep"; readonly durationMs: number }
  | { readonly kind: "sleepUntil"; readonly untilMs: number }
  | {
      readonly kind: "receive";
      readonly name: string;
      readonly schema: AnySchema | undefined;
      readonly timeoutMs: number | undefined;
    }
  | {
      readonly kind: "child";
      readonly name: string;
      readonly version: number;
      readonly input: unknown;
      readonly schema: AnySchema | undefined;
      readonly id: string | undefined;
      readonly parentClose: ParentClose;
      readonly waitsFor: "start" | "end";
    }
  /** Waits for the end of a child that was started before. */
  | { readonly kind: "childEnd"; readonly name: string; readonly workflowId: string }
  /** No outcome entry: a task's end is in the body itself. */
  | { readonly kind: "join"; readonly task: object }
  // Write-behind: recorded, never waited for.
  | { readonly kind: "checkpoint"; readonly name: string; readonly value: unknown }
  | { readonly kind: "variable"; readonly name: string; readonly initial: unknown }
  | {
      readonly kind: "set";
      readonly name: string;
      readonly next: (current: unknown) => unknown;
      /** `update` gives the new value, `set` gives nothing. */
      readonly gives: "value" | "nothing";
    }
  /** A marker that takes no position. */
  | { readonly kind: "patched"; readonly name: string }
  // Combinators: no entry of their own. A tuple's results and tags are indexes.
  | {
      readonly kind: "all" | "race" | "allSettled" | "any" | "shield";
      readonly isTuple: boolean;
      readonly branches: readonly LabelledBranch[];
    }
  | {
      readonly kind: "map";
      readonly isTuple: true;
      readonly branches: readonly LabelledBranch[];
      readonly concurrency: number;
    }
  | {
      readonly kind: "saga";
      readonly isTuple: true;
      readonly branches: readonly [];
      /** Given the saga that its branch stands in, if any. */
      readonly open: (outer: object | undefined) => {
        readonly scope: object;
        readonly branch: Branch<unknown>;
      };
    }
  // Of the body alone: they never suspend.
  | { readonly kind: "spawn"; readonly branch: Branch<unknown> }
  | { readonly kind: "cancelTask"; readonly task: object; readonly reason: string }
  | { readonly kind: "fail"; readonly error: Error }
  | { readonly kind: "continueAsNew"; readonly input: unknown }
  // Derived: no entry, no position.
  | { readonly kind: "now" }
  | { readonly kind: "random" }
  | { readonly kind: "uuid" }
  | { readonly kind: "info" }
  | {
      readonly kind: "log";
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };

export type EffectKind = Effect["kind"];
/** Kinds that suspend a branch until one outcome entry is fed. */
export type LeafKind = "compute" | "step" | "sleep" | "receive" | "child" | "childEnd";
/** Kinds that leave a record and never suspend. */
export type WriteKind = "checkpoint" | "variable" | "set" | "patched";

/** The replicated variable that `yield* variable(name, initial)` gives. */
export interface Variable<T> {
  readonly name: string;
  /** The value as of the last `set` of this body. */
  readonly value: T;
  set(value: T): Op<void>;
  /** Sets `f(value)` and gives it. */
  update(f: (value: T) => T): Op<T>;
}

/** What becomes of a child when its parent ends, or the branch that waits for it is cancelled. */
export type ParentClose = "cancel" | "terminate" | "abandon";

/** A child that was started. It belongs to its parent's body: it cannot be recorded or sent. */
export interface ChildRun<O> {
  readonly workflowId: string;
  /** Waits for its end, as `yield* child(…)` does. Any number of times. */
  result(): Op<O>;
}

/** A branch that `spawn` began. It belongs to its body: it cannot be recorded or sent. */
export interface Task<A> {
  /** Waits for its end: gives its value, throws what it threw. Any number of times. */
  join(): Op<A>;
  /** Throws `Cancelled` where it waits, once; does not wait for its clean-up. */
  cancel(reason?: string): Op<void>;
}

/** What `yield* info()` gives. The same on every node and every replay. */
export interface RunInfo {
  readonly workflowId: string;
  readonly runId: string;
  readonly name: string;
  readonly version: number;
  readonly startedAt: Date;
}

/** The one maker of Ops: its A is a promise that the effect's handler in the interpreter keeps. */
export function op<A>(effect: Effect): Op<A> {
  return new EffectOp(effect) as Op<unknown> as Op<A>;
}

/** What `spawn` gives. `task` is the interpreter's own name for it. */
export function taskHandle<A>(task: object): Task<A> {
  return Object.freeze({
    join: () => op<A>({ kind: "join", task }),
    cancel: (reason = "its task was cancelled") => op<void>({ kind: "cancelTask", task, reason }),
  });
}

/** What `child.start` gives. */
export const childHandle = <O>(name: string, workflowId: string): ChildRun<O> =>
  Object.freeze({ workflowId, result: () => op<O>({ kind: "childEnd", name, workflowId }) });

/** What `variable` gives. An interpreter makes it, since only that knows the value. */
export function variableHandle<T>(name: string, read: () => T): Variable<T> {
  const setBy = (next: (value: T) => T, gives: "value" | "nothing"): Effect => ({
    kind: "set",
    name,
    next: next as (current: unknown) => unknown,
    gives,
  });
  return {
    name,
    get value() {
      return read();
    },
    set: (value) => op(setBy(() => value, "nothing")),
    update: (f) => op(setBy(f, "value")),
  };
}

/**
 * A user's body as effects carry it. What it is called with comes from the step's own typed call,
 * and `deps` from `startNode({ deps })`, which `effects<Deps>()` takes the user's word for.
 */
export const callBody = <I, Deps>(body: (input: I, fx: Fx<Deps>) => unknown): CallBody =>
  body as CallBody;

/** The effect of an Op; undefined for anything else. */
export const opEffect = (value: unknown): Effect | undefined => EffectOp.effectOf(value);

/**
 * The effect that a body asks for by what it yielded; undefined if that was no `yield*` on an Op.
 */
export const askedEffect = (yielded: unknown): Effect | undefined => Question.effectOf(yielded);

/**
 * The stack of a suspended body, from the effect that it waits at outwards: through helpers, to the
 * body. The body notices nothing. Undefined: it has ended, or waits for no effect.
 */
export function suspendedStack(generator: Iterator<unknown, unknown, unknown>): string | undefined {
  const probe = new Probe();
  try {
    generator.throw?.(probe);
  } catch {
    // A generator that has ended throws the probe back.
  }
  return probe.stack;
}

/** Is thrown into a body that waits, and does not get further than the effect. */
class Probe {
  stack: string | undefined;
}

class EffectOp {
  readonly #effect: Effect;

  constructor(effect: Effect) {
    this.#effect = effect;
  }

  get kind(): EffectKind {
    return this.#effect.kind;
  }

  [Symbol.iterator](): Iterator<Suspend, unknown, unknown> {
    return new Question(this.#effect) as Iterator<unknown, unknown, unknown> as Iterator<
      Suspend,
      unknown,
      unknown
    >;
  }

  static effectOf(value: unknown): Effect | undefined {
    return typeof value === "object" && value !== null && #effect in value
      ? value.#effect
      : undefined;
  }
}

/**
 * An Op's iterator, asked once: yields itself, then ends with what it is sent.
 * It, not the Op, is what a body yields, so that a bare `yield op` in plain JavaScript
 * is told apart.
 */
class Question implements Iterator<unknown, unknown, unknown> {
  readonly #effect: Effect;
  #isAsked = false;

  constructor(effect: Effect) {
    this.#effect = effect;
  }

  next(answer: unknown): IteratorResult<unknown, unknown> {
    if (this.#isAsked) return { done: true, value: answer };
    this.#isAsked = true;
    return { done: false, value: this };
  }

  throw(error: unknown): IteratorResult<unknown, unknown> {
    if (!(error instanceof Probe)) throw error;
    error.stack = new Error("").stack;
    return { done: false, value: this };
  }

  return(value: unknown): IteratorResult<unknown, unknown> {
    this.#isAsked = true;
    return { done: true, value };
  }

  static effectOf(value: unknown): Effect | undefined {
    return typeof value === "object" && value !== null && #effect in value
      ? value.#effect
      : undefined;
  }
}
