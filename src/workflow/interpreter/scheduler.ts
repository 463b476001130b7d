// Who runs next. The scheduling of SEMANTICS 7, version 1:
// branches run in FIFO order of becoming runnable, each until it suspends.
// I1. a fiber is queued, suspended at one leaf, task or group, or done.
// I2. what a cancellation reaches it reaches once, in the order in which fibers were made (9).
// I3. none gets lost: what those that decide a combinator did not feel, since they came to no wait,
//     their parent feels at its next one.
// I4. no task outlives the fiber that spawned it.

import { Cancelled } from "../../errors.ts";
import type { Path } from "../../std/ids.ts";
import { err, ok } from "../../std/result.ts";
import type { Branch } from "../dsl/effect.ts";
import { answerOf, type CombineEffect, emptyOf, type Group } from "./combine.ts";
import { type Answer, branchPrefix, Fiber, type Membership } from "./fiber.ts";

export interface Runnable {
  readonly fiber: Fiber;
  readonly answer: Answer;
}

export interface SchedulerDoors {
  /** A fiber that is suspended at a leaf is cancelled. */
  dropLeaf(path: Path): void;
  /** A task failed, its spawner ended, and nobody was given its error. */
  unheard(error: unknown): void;
}

const begin: Answer = ok(undefined);

export class Scheduler {
  readonly #doors: SchedulerDoors;
  #queue: Runnable[] = [];
  #head = 0;
  #made = 0;
  /** All tasks. */
  readonly #own = new WeakSet<Fiber>();

  constructor(doors: SchedulerDoors) {
    this.#doors = doors;
  }

  /** The body itself, runnable. */
  start(body: Branch<unknown>): Fiber {
    const root = new Fiber(body, { prefix: "", ordinal: this.#made++ });
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
    const count = effect.kind === "saga" ? 1 : effect.branches.length;
    if (count === 0) return emptyOf(effect);
    const group: Group = {
      effect,
      path,
      parent,
      members: [],
      values: new Array<unknown>(count).fill(undefined),
      left: count,
      isSettled: false,
      cancelledBy: undefined,
      isCancelled: false,
    };
    const atOnce = effect.kind === "map" ? Math.min(effect.concurrency, count) : count;
    for (let slot = 0; slot < atOnce; slot++) this.#beginMember(group);
    parent.wait = { kind: "group", group };
    if (parent.cancelRequest === undefined || effect.kind === "shield") return;
    const why = parent.cancelRequest;
    parent.cancelRequest = undefined;
    this.cancel(parent, why);
    return;
  }

  /** A branch beside the fiber that asks for it. */
  spawn(spawner: Fiber, branch: Branch<unknown>, path: Path): Fiber {
    const prefix = branchPrefix(path, "0");
    const task = new Fiber(branch, { prefix, ordinal: this.#made++, saga: spawner.saga });
    task.spawner = spawner;
    this.#own.add(task);
    spawner.tasks ??= new Set();
    spawner.tasks.add(task);
    this.wake(task, begin);
    return task;
  }

  /** Was this fiber made here? */
  has(fiber: Fiber): boolean {
    return this.#own.has(fiber);
  }

  /** At a wait: a cancellation that came before fails it. False: none did. */
  feelsCancellation(fiber: Fiber): boolean {
    const why = fiber.cancelRequest;
    if (why === undefined) return false;
    fiber.cancelRequest = undefined;
    fiber.hasFelt = true;
    this.wake(fiber, why);
    return true;
  }

  /** An answer: the task has ended. Else the fiber waits for it. */
  join(fiber: Fiber, task: Fiber, path: Path): Answer | undefined {
    if (this.feelsCancellation(fiber)) return;
    task.isJoined = true;
    if (task.answer !== undefined) return task.answer;
    task.joiners ??= [];
    task.joiners.push(fiber);
    fiber.wait = { kind: "join", path, task };
    return;
  }

  cancelTask(task: Fiber, why: Answer): void {
    if (task.isCancelled) return;
    task.isCancelled = true;
    this.cancel(task, why);
  }

  /** A fiber other than the root is done: who waits for it may go on. */
  end(fiber: Fiber, answer: Answer): void {
    fiber.answer = answer;
    // One that failed is kept for who may still join it.
    if (answer.ok || fiber.isJoined) fiber.spawner?.tasks?.delete(fiber);
    for (const joiner of fiber.joiners ?? []) this.wake(joiner, answer);
    fiber.joiners = undefined;
    if (fiber.membership !== undefined) this.#endMember(fiber, fiber.membership, answer);
    this.#endTasks(fiber);
  }

  /** The root's end ends everything; nothing runs after it (SEMANTICS 7). */
  endAll(root: Fiber): void {
    this.clear();
    for (const task of root.tasks ?? []) this.#hear(task);
  }

  #endTasks(fiber: Fiber): void {
    for (const task of fiber.tasks ?? []) {
      if (task.isDone) this.#hear(task);
      else this.cancelTask(task, cancelled("the parent of this task ended"));
    }
  }

  #hear({ answer, isJoined, isCancelled }: Fiber): void {
    if (answer?.ok === false && !isJoined && !isCancelled) this.#doors.unheard(answer.error);
  }

  /**
   * Fails every leaf that the fiber, its branches and its tasks wait for, but for shielded ones; of
   * those that wait for nothing, or for a shield, the next leaf.
   */
  cancel(fiber: Fiber, why: Answer): void {
    const reached: Fiber[] = [];
    this.#reach(fiber, why, reached);
    reached.sort((a, b) => a.ordinal - b.ordinal);
    for (const each of reached) this.#fail(each, why);
  }

  #reach(fiber: Fiber, why: Answer, reached: Fiber[]): void {
    if (fiber.isDone) return;
    fiber.hasFelt = false;
    for (const task of fiber.tasks ?? []) {
      if (task.isCancelled) continue;
      task.isCancelled = true;
      this.#reach(task, why, reached);
    }
    const { wait } = fiber;
    if (wait?.kind !== "group") {
      reached.push(fiber);
      return;
    }
    const { group } = wait;
    if (group.effect.kind === "shield") fiber.cancelRequest = why;
    else {
      // Once: who waits in it is reached once, by the run, by its own group or as a task.
      group.isCancelled = true;
      group.cancelledBy = why;
      // Branches that have not begun never do.
      group.left -= group.values.length - group.members.length;
      for (const member of group.members) this.#reach(member, why, reached);
    }
  }

  #fail(fiber: Fiber, why: Answer): void {
    const { wait } = fiber;
    if (wait === undefined) {
      fiber.cancelRequest = why;
      return;
    }
    if (wait.kind === "leaf") this.#doors.dropLeaf(wait.path);
    else if (wait.kind === "join") {
      const { task } = wait;
      task.joiners = task.joiners?.filter((joiner) => joiner !== fiber);
    }
    fiber.hasFelt = true;
    this.wake(fiber, why);
  }

  #beginMember(group: Group): void {
    const { effect, path, parent, members } = group;
    const slot = members.length;
    let saga = parent.saga;
    let branch = effect.branches[slot]?.branch;
    if (effect.kind === "saga") {
      const opened = effect.open(parent.saga);
      saga = opened.scope;
      branch = opened.branch;
    }
    if (branch === undefined) return;
    const prefix = branchPrefix(path, effect.branches[slot]?.label ?? "0");
    const place = { prefix, ordinal: this.#made++, membership: { group, slot }, saga };
    const member = new Fiber(branch, place);
    members.push(member);
    this.wake(member, begin);
  }

  #endMember(fiber: Fiber, { group, slot }: Membership, answer: Answer): void {
    if (group.isSettled) return;
    const result = answerOf(group, slot, answer);
    if (result === undefined) {
      const isMore = group.members.length < group.values.length;
      if (isMore && group.cancelledBy === undefined) this.#beginMember(group);
      return;
    }
    group.isSettled = true;
    if (!group.isCancelled) {
      group.isCancelled = true;
      for (const member of group.members) this.cancel(member, cancelled("the branch lost"));
    }
    this.wake(group.parent, result);
    passOn(group, result, fiber);
  }
}

function passOn(group: Group, result: Answer, last: Fiber): void {
  const { cancelledBy, members, parent } = group;
  if (cancelledBy === undefined) return;
  const isSaid = !result.ok && result.error instanceof Cancelled;
  const deciders = isDecidedByOne(group, result) ? [last] : members;
  if (isSaid || deciders.some(({ hasFelt }) => hasFelt)) parent.hasFelt = true;
  else parent.cancelRequest = cancelledBy;
}

/** What the others felt, or feel yet, is nobody's concern. */
function isDecidedByOne({ effect: { kind } }: Group, { ok }: Answer): boolean {
  return kind === "race" || (kind === "any" ? ok : !ok);
}

export const cancelled = (why: string): Answer => err(new Cancelled(`${why}, and was cancelled`));
