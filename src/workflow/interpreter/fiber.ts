// One generator as it runs: the body itself, a branch of a combinator, or a task.

import { type Path, path } from "../../std/ids.ts";
import { err, ok, type Result } from "../../std/result.ts";
import { type Branch, type Gen, type Op, opEffect } from "../dsl/effect.ts";
import type { Group } from "./combine.ts";
import { begunBefore, isGenerator, noGenerator } from "./misuse.ts";

/** What a generator is resumed with, and how it ends: a value, or what is thrown. */
export type Answer = Result<unknown, unknown>;

/** Where a fiber is suspended. A fiber without one is queued, running or done. */
export type Wait =
  | { readonly kind: "leaf"; readonly path: Path }
  | { readonly kind: "join"; readonly path: Path; readonly task: Fiber }
  | { readonly kind: "group"; readonly group: Group };

export type Resumed =
  | { readonly kind: "yielded"; readonly value: unknown }
  | { readonly kind: "ended"; readonly answer: Answer };

/** A generator that has begun; or the iterator of an Op that is a branch by itself. */
type Running = Iterator<unknown, unknown, unknown>;

/** A fiber's place among its siblings; the body itself and tasks have none. */
export interface Membership {
  readonly group: Group;
  readonly slot: number;
}

export interface FiberPlace {
  /** Stands before the position of each of its effects. */
  readonly prefix: string;
  /** The fiber's number in the order in which all were made: "fiber order" (SEMANTICS 9). */
  readonly ordinal: number;
  readonly membership?: Membership;
  /** The innermost saga that it stands in. */
  readonly saga?: object | undefined;
}

export class Fiber {
  readonly membership: Membership | undefined;
  readonly ordinal: number;
  readonly saga: object | undefined;
  wait: Wait | undefined;
  /** How it ended. */
  answer: Answer | undefined;
  /** With what its next leaf barrier fails, once. */
  cancelRequest: Answer | undefined;
  /** The last cancellation that reached it failed a wait of it, or of what decided for it. */
  hasFelt = false;
  /** Of a task: cancelled once, by whoever comes first. */
  isCancelled = false;
  /** Of a task: somebody was given its end. */
  isJoined = false;
  /** What it spawned and has not ended, in order. Made when there is one: most fibers have none. */
  tasks: Set<Fiber> | undefined;
  /** Of a task: who waits for it, in order. */
  joiners: Fiber[] | undefined;
  /** Of a task: who spawned it. */
  spawner: Fiber | undefined;
  readonly #branch: Branch<unknown>;
  readonly #prefix: string;
  #generator: Running | undefined;
  #effects = 0;

  constructor(branch: Branch<unknown>, { prefix, ordinal, membership, saga }: FiberPlace) {
    this.#branch = branch;
    this.#prefix = prefix;
    this.ordinal = ordinal;
    this.membership = membership;
    this.saga = saga;
  }

  get isDone(): boolean {
    return this.answer !== undefined;
  }

  /** What it runs, once it has begun. */
  get generator(): Running | undefined {
    return this.#generator;
  }

  /** Who asked for it: the fiber that splits up, or spawned it. */
  get parent(): Fiber | undefined {
    return this.membership?.group.parent ?? this.spawner;
  }

  /** The path of its next effect: effects of helpers and of user code count on alike. */
  nextPath(): Path {
    return path(this.#prefix + this.#effects++);
  }

  /**
   * Runs user code up to its next `yield`, or its end.
   * `begun` are the generator objects that already ran.
   */
  resume(answer: Answer, begun: WeakSet<object>): Resumed {
    try {
      this.#generator ??= begin(this.#branch, begun);
      const result = answer.ok
        ? this.#generator.next(answer.value)
        : throwInto(this.#generator, answer.error);
      if (result.done !== true) return { kind: "yielded", value: result.value };
      return { kind: "ended", answer: ok(result.value) };
    } catch (error) {
      return { kind: "ended", answer: err(error) };
    }
  }
}

/**
 * Paths below the effect at `parent`. A label's own dots are escaped,
 * so that no two paths are equal.
 */
export function branchPrefix(parent: Path, label: string): string {
  const escaped = /[.\\]/.test(label) ? label.replace(/[.\\]/g, "\\$&") : label;
  return `${parent}.${escaped}.`;
}

function begin(branch: Branch<unknown>, begun: WeakSet<object>): Running {
  const source: unknown = typeof branch === "function" ? branch() : branch;
  if (isOp(source)) return source[Symbol.iterator]();
  if (!isGen(source)) throw noGenerator(source);
  if (begun.has(source)) throw begunBefore();
  begun.add(source);
  return source;
}

function throwInto(generator: Running, error: unknown): IteratorResult<unknown, unknown> {
  if (generator.throw === undefined) throw error;
  return generator.throw(error);
}

const isOp = (value: unknown): value is Op<unknown> => opEffect(value) !== undefined;

const isGen = (value: unknown): value is Gen<unknown> => isGenerator(value);
