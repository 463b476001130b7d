// Who runs next. The scheduling of SEMANTICS 7, version 1:
// branches run in FIFO order of becoming runnable, each until it suspends.
// I1. a fiber is queued, suspended at one leaf, suspended at one group, or done.
// I2. a member of a group is cancelled at most once,
//     so that no clean-up is cut off by a second blow.

import { Cancelled } from "../../errors.ts";
import type { Path } from "../../std/ids.ts";
import { err, ok } from "../../std/result.ts";
import type { Branch, Effect } from "../dsl/effect.ts";
import { type Answer, branchPrefix, Fiber } from "./fiber.ts";

export type CombineEffect = Extract<Effect, { kind: "all" | "race" }>;

/** An `all` or `race` under way. */
export interface Group {
  readonly effect: CombineEffect;
  readonly path: Path;
  readonly parent: Fiber;
  readonly members: readonly Fiber[];
  readonly values: unknown[];
  /** Members of an `all` that have not given their value yet. */
  left: number;
  /** Its parent was answered; what its members still do concerns nobody. */
  isSettled: boolean;
  isCancelled: boolean;
}

export interface Runnable {
  readonly fiber: Fiber;
  readonly answer: Answer;
}

const begin: Answer = ok(undefined);

export class Scheduler {
  /** Told when a fiber that is suspended at a leaf is cancelled. */
  readonly #dropLeaf: (path: Path) => void;
  #queue: Runnable[] = [];
  #head = 0;

  constructor(dropLeaf: (path: Path) => void) {
    this.#dropLeaf = dropLeaf;
  }

  /** The body itself, runnable. */
  start(body: Branch<unknown>): Fiber {
    const root = new Fiber(body, "");
    this.wake(root, begin);
    return root;
  }

  /** Makes a fiber runnable, after all that already are. */
  wake(fiber: Fiber, answer: Answer): void {
    fiber.wait = undefined;
    this.#queue.push({ fiber, answer });
  }

  /** The first in line; undefined when no fiber is runnable. */
  next(): Runnable | undefined {
    const first = this.#queue[this.#head];
    if (first === undefined) return;
    this.#head++;
    if (this.#head === this.#queue.length) this.clear();
    return first;
  }

  clear(): void {
    this.#queue = [];
    this.#head = 0;
  }

  /** Splits a fiber up. An answer: there was nothing to wait for. */
  fork(parent: Fiber, effect: CombineEffect, path: Path): Answer | undefined {
    if (effect.branches.length === 0) return ok(effect.isTuple ? [] : {});
    const members: Fiber[] = [];
    const group: Group = {
      effect,
      path,
      parent,
      members,
      values: new Array<unknown>(effect.branches.length).fill(undefined),
      left: effect.branches.length,
      isSettled: false,
      isCancelled: false,
    };
    effect.branches.forEach(({ label, branch }, slot) => {
      const member = new Fiber(branch, branchPrefix(path, label), { group, slot });
      members.push(member);
      this.wake(member, begin);
    });
    parent.wait = { kind: "group", group };
    if (parent.isCancelRequested) {
      parent.isCancelRequested = false;
      this.#cancelMembers(group);
    }
    return;
  }

  /** A member of a group is done: its group may be. */
  end(fiber: Fiber, answer: Answer): void {
    fiber.isDone = true;
    if (fiber.membership === undefined) return;
    const { group, slot } = fiber.membership;
    if (group.isSettled) return;
    if (answer.ok) group.values[slot] = answer.value;
    if (answer.ok && group.effect.kind === "all" && --group.left > 0) return;
    group.isSettled = true;
    this.#cancelMembers(group);
    this.wake(group.parent, answer.ok ? ok(result(group, slot)) : answer);
  }

  /** Fails what the fiber waits for; if it waits for nothing, its next leaf barrier. */
  cancel(fiber: Fiber): void {
    if (fiber.isDone) return;
    const { wait } = fiber;
    if (wait === undefined) fiber.isCancelRequested = true;
    else if (wait.kind === "group") this.#cancelMembers(wait.group);
    else {
      this.#dropLeaf(wait.path);
      this.wake(fiber, cancelled());
    }
  }

  #cancelMembers(group: Group): void {
    if (group.isCancelled) return;
    group.isCancelled = true;
    for (const member of group.members) this.cancel(member);
  }
}

export const cancelled = (): Answer => err(new Cancelled("the branch lost, and was cancelled"));

function result({ effect, values }: Group, slot: number): unknown {
  if (effect.kind === "race") {
    const label = effect.branches[slot]?.label;
    return { tag: effect.isTuple ? slot : label, value: values[slot] };
  }
  if (effect.isTuple) return values;
  return Object.fromEntries(effect.branches.map(({ label }, i) => [label, values[i]]));
}
