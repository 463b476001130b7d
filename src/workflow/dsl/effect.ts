// What a workflow body yields: plain frozen data with one iterator, so that `yield*` gives exactly A.
// An effect is built by a constructor and means nothing until an interpreter answers it.

import type { CallBody, CallOptions } from "./call.ts";

declare const suspend: unique symbol;
/** What the iterator of an effect yields. No value has this type, so a bare `yield op` does not compile. */
export interface Suspend {
  readonly [suspend]: never;
}

/** An effect whose answer is an A. Built anew or used again, it is the same question. */
export interface Op<A> {
  readonly kind: Effect["kind"];
  // biome-ignore lint/suspicious/noExplicitAny: what is sent in is the interpreter's affair; `unknown` here breaks inference in unannotated helpers.
  [Symbol.iterator](): Iterator<Suspend, A, any>;
}

/** A helper's type: `function* pay(order: Order): Gen<Receipt>`. `never` as TNext would break `yield*` (TS2766). */
export type Gen<A> = Generator<Suspend, A, unknown>;

/** One branch of `all` or `race`. A generator object runs once; a function makes a fresh one. */
export type Branch<A> = Op<A> | Gen<A> | (() => Gen<A>);

/** A branch with its label: an array's index, a record's key. */
export interface LabelledBranch {
  readonly label: string;
  readonly branch: Branch<unknown>;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Everything a body may ask for. A new effect is one kind here, one constructor, one handler, one test. */
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
      readonly body: CallBody;
      readonly options: CallOptions;
    }
  | { readonly kind: "sleep"; readonly durationMs: number }
  // Write-behind: recorded, never waited for.
  | { readonly kind: "checkpoint"; readonly name: string; readonly value: unknown }
  | { readonly kind: "variable"; readonly name: string; readonly initial: unknown }
  | {
      readonly kind: "set";
      readonly name: string;
      readonly next: (current: unknown) => unknown;
    }
  // Combinators: no entry of their own.
  | {
      readonly kind: "all";
      readonly isTuple: boolean;
      readonly branches: readonly LabelledBranch[];
    }
  | { readonly kind: "race"; readonly branches: readonly LabelledBranch[] }
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
export type LeafKind = "compute" | "step" | "sleep";
/** Kinds that leave a record at their path and never suspend. */
export type WriteKind = "checkpoint" | "variable" | "set";

/** The replicated variable that `yield* variable(name, initial)` gives. */
export interface Variable<T> {
  readonly name: string;
  /** The value as of the last `set` of this body. */
  readonly value: T;
  set(value: T): Op<void>;
  /** Sets `f(value)` and gives it. */
  update(f: (value: T) => T): Op<T>;
}

/** What `yield* info()` gives. The same on every node and every replay. */
export interface RunInfo {
  readonly workflowId: string;
  readonly runId: string;
  readonly name: string;
  readonly version: number;
  readonly startedAt: Date;
}
