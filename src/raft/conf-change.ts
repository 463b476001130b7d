// Changes of the configuration, as pure functions from one to the next (thesis §4).

import { type Index, index, NONE, type NodeId } from "../std/ids.ts";
import { err, ok, type Result } from "../std/result.ts";
import type { Inflights } from "./inflights.ts";
import { Progress } from "./progress.ts";
import { EMPTY_CONFIG, type TrackerConfig } from "./tracker.ts";
import type { ConfState } from "./types.ts";

export type ConfChangeKind = "add-voter" | "add-learner" | "remove" | "update";

export interface SingleChange {
  readonly kind: ConfChangeKind;
  readonly id: NodeId;
}

/**
 * `auto`: joint only if needed. `implicit`: joint, left by itself.
 * `explicit`: joint, left on request.
 */
export type Transition = "auto" | "implicit" | "explicit";

/** No changes and `auto`: leaves a joint configuration. */
export interface ConfChange {
  readonly transition: Transition;
  readonly changes: readonly SingleChange[];
  readonly context?: Uint8Array;
}

export const isLeaveJoint = (change: ConfChange): boolean =>
  change.transition === "auto" && change.changes.length === 0;

/** Does it go through a joint configuration; and is that left by itself? */
export function jointMode(change: ConfChange): { readonly autoLeave: boolean } | undefined {
  if (change.transition === "auto" && change.changes.length <= 1) return undefined;
  return { autoLeave: change.transition !== "explicit" };
}

export interface Changed {
  readonly config: TrackerConfig;
  readonly progress: ReadonlyMap<NodeId, Progress>;
}

export interface ChangeContext extends Changed {
  readonly lastIndex: Index;
  newInflights(): Inflights;
}

export type ChangeError =
  | "config is already joint"
  | "can't leave a non-joint config"
  | "can't make a zero-voter config joint"
  | "can't apply simple config change in joint config"
  | "more than one voter changed without entering joint config"
  | "removed all voters";

class Draft {
  readonly incoming: Set<NodeId>;
  outgoing: Set<NodeId>;
  readonly learners: Set<NodeId>;
  readonly learnersNext: Set<NodeId>;
  readonly progress: Map<NodeId, Progress>;
  readonly #context: ChangeContext;
  /** Told to the shared Progress only when the whole change is valid. */
  readonly #isLearner = new Map<NodeId, boolean>();

  constructor(context: ChangeContext) {
    this.#context = context;
    this.incoming = new Set(context.config.incoming);
    this.outgoing = new Set(context.config.outgoing);
    this.learners = new Set(context.config.learners);
    this.learnersNext = new Set(context.config.learnersNext);
    this.progress = new Map(context.progress);
  }

  apply(changes: readonly SingleChange[]): void {
    for (const { kind, id } of changes) {
      if (id === NONE) continue;
      if (kind === "add-voter") this.#makeVoter(id);
      if (kind === "add-learner") this.#makeLearner(id);
      if (kind === "remove") this.remove(id);
    }
  }

  #makeVoter(id: NodeId): void {
    if (!this.progress.has(id)) this.#init(id, false);
    this.#setLearner(id, false);
    this.learners.delete(id);
    this.learnersNext.delete(id);
    this.incoming.add(id);
  }

  #makeLearner(id: NodeId): void {
    const present = this.progress.get(id);
    if (present === undefined) {
      this.#init(id, true);
      this.learners.add(id);
      return;
    }
    if (this.#isLearner.get(id) ?? present.isLearner) return;
    this.remove(id);
    this.progress.set(id, present);
    // Still a voter in the outgoing half: it becomes a learner when that is left.
    if (this.outgoing.has(id)) this.learnersNext.add(id);
    else {
      this.#setLearner(id, true);
      this.learners.add(id);
    }
  }

  remove(id: NodeId): void {
    if (!this.progress.has(id)) return;
    this.incoming.delete(id);
    this.learners.delete(id);
    this.learnersNext.delete(id);
    if (!this.outgoing.has(id)) this.progress.delete(id);
  }

  leaveJoint(): void {
    for (const id of this.learnersNext) {
      this.learners.add(id);
      this.#setLearner(id, true);
    }
    this.learnersNext.clear();
    for (const id of this.outgoing) {
      if (!this.incoming.has(id) && !this.learners.has(id)) this.progress.delete(id);
    }
    this.outgoing = new Set();
  }

  #init(id: NodeId, isLearner: boolean): void {
    const progress = new Progress({
      // Probed from the last index: most newcomers are blank, and one refusal tells where they are.
      next: index(Math.max(this.#context.lastIndex, 1)),
      isLearner,
      inflights: this.#context.newInflights(),
    });
    // Recently active, or a newcomer would cost the leader its quorum before it could speak.
    progress.isRecentActive = true;
    this.progress.set(id, progress);
    this.#setLearner(id, isLearner);
  }

  #setLearner(id: NodeId, isLearner: boolean): void {
    this.#isLearner.set(id, isLearner);
  }

  done(autoLeave: boolean): Changed {
    const { incoming, outgoing, learners, learnersNext, progress } = this;
    for (const [id, isLearner] of this.#isLearner) {
      const member = progress.get(id);
      if (member !== undefined) member.isLearner = isLearner;
    }
    return { config: { incoming, outgoing, learners, learnersNext, autoLeave }, progress };
  }
}

export function simple(
  context: ChangeContext,
  changes: readonly SingleChange[],
): Result<Changed, ChangeError> {
  if (context.config.outgoing.size > 0)
    return err("can't apply simple config change in joint config");
  const draft = new Draft(context);
  draft.apply(changes);
  if (draft.incoming.size === 0) return err("removed all voters");
  const before = context.config.incoming;
  const added = [...draft.incoming].filter((id) => !before.has(id)).length;
  const removed = [...before].filter((id) => !draft.incoming.has(id)).length;
  if (added + removed > 1) return err("more than one voter changed without entering joint config");
  return ok(draft.done(context.config.autoLeave));
}

export function enterJoint(
  context: ChangeContext,
  autoLeave: boolean,
  changes: readonly SingleChange[],
): Result<Changed, ChangeError> {
  if (context.config.outgoing.size > 0) return err("config is already joint");
  if (context.config.incoming.size === 0) return err("can't make a zero-voter config joint");
  const draft = new Draft(context);
  draft.outgoing = new Set(draft.incoming);
  draft.apply(changes);
  if (draft.incoming.size === 0) return err("removed all voters");
  return ok(draft.done(autoLeave));
}

export function leaveJoint(context: ChangeContext): Result<Changed, ChangeError> {
  if (context.config.outgoing.size === 0) return err("can't leave a non-joint config");
  const draft = new Draft(context);
  draft.leaveJoint();
  return ok(draft.done(false));
}

export function change(context: ChangeContext, cc: ConfChange): Result<Changed, ChangeError> {
  if (isLeaveJoint(cc)) return leaveJoint(context);
  const joint = jointMode(cc);
  return joint === undefined
    ? simple(context, cc.changes)
    : enterJoint(context, joint.autoLeave, cc.changes);
}

/** The configuration of a snapshot or a restart. */
export function restore(
  conf: ConfState,
  context: Pick<ChangeContext, "lastIndex" | "newInflights">,
): Changed {
  const draft = new Draft({ ...context, config: EMPTY_CONFIG, progress: new Map() });
  const add = (kind: ConfChangeKind) => (id: NodeId) => draft.apply([{ kind, id }]);
  if (conf.votersOutgoing.length > 0) {
    conf.votersOutgoing.forEach(add("add-voter"));
    draft.outgoing = new Set(draft.incoming);
    for (const id of conf.votersOutgoing) draft.remove(id);
  }
  conf.voters.forEach(add("add-voter"));
  conf.learners.forEach(add("add-learner"));
  conf.learnersNext.forEach(add("add-learner"));
  return draft.done(conf.autoLeave);
}
