// The members of the present configuration, what is known of each, and who voted.

import type { NodeId } from "../std/ids.ts";
import { Inflights } from "./inflights.ts";
import type { Progress } from "./progress.ts";
import { type JointConfig, jointVoteResult, type VoteResult } from "./quorum.ts";
import type { ConfState } from "./types.ts";

export interface TrackerConfig extends JointConfig {
  readonly learners: ReadonlySet<NodeId>;
  /** Leave as voters, enter as learners when the joint configuration is left. */
  readonly learnersNext: ReadonlySet<NodeId>;
  readonly autoLeave: boolean;
}

export const EMPTY_CONFIG: TrackerConfig = {
  incoming: new Set(),
  outgoing: new Set(),
  learners: new Set(),
  learnersNext: new Set(),
  autoLeave: false,
};

const ascending = (ids: Iterable<NodeId>): NodeId[] => [...ids].sort((a, b) => a - b);

export class Tracker {
  config: TrackerConfig = EMPTY_CONFIG;
  #progress: ReadonlyMap<NodeId, Progress> = new Map();
  #members: readonly NodeId[] = [];
  readonly votes: Map<NodeId, boolean> = new Map();
  readonly #maxInflight: number;
  readonly #maxInflightBytes: number;

  constructor(maxInflight: number, maxInflightBytes: number) {
    this.#maxInflight = maxInflight;
    this.#maxInflightBytes = maxInflightBytes;
  }

  get progress(): ReadonlyMap<NodeId, Progress> {
    return this.#progress;
  }

  set progress(progress: ReadonlyMap<NodeId, Progress>) {
    this.#progress = progress;
    this.#members = ascending(progress.keys());
  }

  newInflights(): Inflights {
    return new Inflights(this.#maxInflight, this.#maxInflightBytes);
  }

  isVoter(id: NodeId): boolean {
    return this.config.incoming.has(id) || this.config.outgoing.has(id);
  }

  voters(): readonly NodeId[] {
    return ascending(new Set([...this.config.incoming, ...this.config.outgoing]));
  }

  learners(): readonly NodeId[] {
    return ascending(this.config.learners);
  }

  /** Everyone, in ascending order: messages leave in that order. */
  members(): readonly NodeId[] {
    return this.#members;
  }

  isSingleton(): boolean {
    return this.config.incoming.size === 1 && this.config.outgoing.size === 0;
  }

  confState(): ConfState {
    return {
      voters: ascending(this.config.incoming),
      votersOutgoing: ascending(this.config.outgoing),
      learners: ascending(this.config.learners),
      learnersNext: ascending(this.config.learnersNext),
      autoLeave: this.config.autoLeave,
    };
  }

  isQuorumActive(): boolean {
    const active = new Map<NodeId, boolean>();
    for (const [id, progress] of this.progress) {
      if (!progress.isLearner) active.set(id, progress.isRecentActive);
    }
    return jointVoteResult(this.config, active) === "won";
  }

  /** The first vote of a member counts. */
  recordVote(id: NodeId, granted: boolean): void {
    if (!this.votes.has(id)) this.votes.set(id, granted);
  }

  /** Of those who may vote, as far as this member knows. */
  countVotes(): { readonly granted: number; readonly refused: number } {
    let granted = 0;
    let refused = 0;
    for (const [id, { isLearner }] of this.progress) {
      const vote = isLearner ? undefined : this.votes.get(id);
      if (vote === true) granted++;
      if (vote === false) refused++;
    }
    return { granted, refused };
  }

  voteResult(): VoteResult {
    return jointVoteResult(this.config, this.votes);
  }
}
