// All that one member's core knows, and the moves between roles that every part shares.
// I1. term never falls; at most one vote a term.  I2. a leader has no leader but itself.
// I3. messages that promise durability wait in `afterAppend` until the write they stand
//     on is durable.

import { assert } from "../std/assert.ts";
import { type Index, index, NONE, type NodeId, type Term, term } from "../std/ids.ts";
import type { Changed } from "./conf-change.ts";
import type { RaftConfig } from "./config.ts";
import { RaftLog } from "./log.ts";
import { type Message, message } from "./message.ts";
import { Progress } from "./progress.ts";
import { ReadOnly, type ReadState } from "./read-only.ts";
import type { TraceEvent } from "./trace.ts";
import { Tracker } from "./tracker.ts";
import type { Entry, HardState, SoftState, StateName } from "./types.ts";

export type CampaignKind = "pre-election" | "election" | "transfer";

export class RaftState {
  readonly id: NodeId;
  readonly config: RaftConfig;
  readonly log: RaftLog;
  readonly tracker: Tracker;
  readonly readOnly: ReadOnly = new ReadOnly();
  term: Term = term(0);
  vote: NodeId = NONE;
  leader: NodeId = NONE;
  state: StateName = "follower";
  transferee: NodeId = NONE;
  /** No conf change may be proposed while one at or before this is not applied. */
  pendingConfIndex: Index = index(0);
  uncommittedBytes = 0;
  electionElapsed = 0;
  heartbeatElapsed = 0;
  randomizedElectionTimeout = 0;
  messages: Message[] = [];
  afterAppend: Message[] = [];
  readStates: ReadState[] = [];
  /** Reads that came before this leader committed an entry of its own term. */
  pendingReads: Message[] = [];

  constructor(config: RaftConfig) {
    this.config = config;
    this.id = config.id;
    const applyBytes = config.maxCommittedSizePerReady ?? config.maxSizePerMsg;
    this.log = new RaftLog(config.storage, applyBytes);
    this.tracker = new Tracker(
      config.maxInflightMsgs,
      config.maxInflightBytes ?? Number.POSITIVE_INFINITY,
    );
  }

  get hardState(): HardState {
    return { term: this.term, vote: this.vote, commit: this.log.committed };
  }

  get softState(): SoftState {
    return { leader: this.leader, state: this.state };
  }

  get isPromotable(): boolean {
    const own = this.tracker.progress.get(this.id);
    return own !== undefined && !own.isLearner && this.log.unstable.snapshot === undefined;
  }

  trace(event: TraceEvent): void {
    this.config.trace?.(event);
  }

  traceProgress(
    kind:
      | "progress-decreased"
      | "reported-unreachable"
      | "replication-paused"
      | "replication-resumed",
    member: NodeId,
    progress: Progress,
  ): void {
    // Replication is the busiest part: no copy for nobody.
    if (this.config.trace === undefined) return;
    this.trace({ kind, id: this.id, member, progress: progress.view() });
  }

  switchConfiguration({ config, progress }: Changed): void {
    this.tracker.config = config;
    this.tracker.progress = progress;
    const configuration = this.tracker.confState();
    this.trace({ kind: "configuration-switched", id: this.id, configuration });
  }

  send(fields: Partial<Message> & Pick<Message, "type" | "to">): void {
    const isTermless = fields.type === "prop" || fields.type === "read-index";
    const out = message(fields, this.id, isTermless ? term(0) : this.term);
    if (isPromise(out)) this.afterAppend.push(out);
    else {
      assert(out.to !== this.id, "nothing but promises is sent to oneself");
      this.messages.push(out);
    }
  }

  /** A new term, or a new role: nothing of the last one is kept (Raft Fig. 2, "All Servers"). */
  reset(to: Term): void {
    if (this.term !== to) {
      this.term = to;
      this.vote = NONE;
    }
    this.leader = NONE;
    this.electionElapsed = 0;
    this.heartbeatElapsed = 0;
    this.drawElectionTimeout();
    this.transferee = NONE;
    this.tracker.votes.clear();
    const next = index(this.log.lastIndex + 1);
    const fresh = new Map<NodeId, Progress>();
    for (const [id, { isLearner }] of this.tracker.progress) {
      const progress = new Progress({ next, isLearner, inflights: this.tracker.newInflights() });
      if (id === this.id) progress.match = this.log.lastIndex;
      fresh.set(id, progress);
    }
    this.tracker.progress = fresh;
    this.pendingConfIndex = index(0);
    this.uncommittedBytes = 0;
    this.readOnly.reset();
    this.pendingReads = [];
  }

  drawElectionTimeout(): void {
    const { electionTicks } = this.config;
    this.randomizedElectionTimeout = electionTicks + this.config.randomInt(electionTicks);
  }

  becomeFollower(to: Term, leader: NodeId): void {
    this.reset(to);
    this.leader = leader;
    this.#enter("follower");
  }

  becomePreCandidate(): void {
    assert(this.state !== "leader", "a leader does not ask whether it could be elected");
    this.tracker.votes.clear();
    this.leader = NONE;
    this.#enter("pre-candidate");
  }

  becomeCandidate(): void {
    assert(this.state !== "leader", "a leader stands in no election");
    this.reset(term(this.term + 1));
    this.vote = this.id;
    this.#enter("candidate");
  }

  becomeLeader(): void {
    assert(this.state === "candidate", "a leader was a candidate");
    this.reset(this.term);
    this.leader = this.id;
    const own = this.tracker.progress.get(this.id);
    assert(own !== undefined, "a leader is a member");
    own.becomeReplicate();
    own.isRecentActive = true;
    // Conservative: any entry of the tail may be a configuration change that is not applied yet.
    this.pendingConfIndex = this.log.lastIndex;
    const isAppended = this.appendEntries([{ kind: "normal", data: new Uint8Array(0) }]);
    assert(isAppended, "an empty entry is never refused for its size");
    this.#enter("leader");
  }

  #enter(state: StateName): void {
    this.state = state;
    this.trace({ kind: "became", id: this.id, state, term: this.term });
  }

  /**
   * Appends to the own log; the acknowledgement to oneself waits for durability.
   * False: too much is uncommitted.
   */
  appendEntries(payloads: readonly Pick<Entry, "kind" | "data">[]): boolean {
    const bytes = payloads.reduce((sum, { data }) => sum + data.length, 0);
    if (!this.#increaseUncommitted(bytes)) return false;
    let last = this.log.lastIndex;
    const entries = payloads.map(({ kind, data }) => {
      last = index(last + 1);
      return { kind, data, term: this.term, index: last };
    });
    this.log.append(entries);
    this.send({ type: "app-resp", to: this.id, index: last });
    return true;
  }

  #increaseUncommitted(bytes: number): boolean {
    const limit = this.config.maxUncommittedEntriesSize ?? Number.POSITIVE_INFINITY;
    // An empty log takes one proposal of any size: else one larger than the limit waits for ever.
    if (this.uncommittedBytes > 0 && bytes > 0 && this.uncommittedBytes + bytes > limit)
      return false;
    this.uncommittedBytes += bytes;
    return true;
  }

  reduceUncommitted(entries: readonly Entry[]): void {
    const bytes = entries.reduce((sum, { data }) => sum + data.length, 0);
    this.uncommittedBytes = Math.max(0, this.uncommittedBytes - bytes);
  }
}

/** What others will rely on only if it survives a crash: votes and acknowledgements. */
function isPromise({ type }: Message): boolean {
  return type === "app-resp" || type === "vote-resp" || type === "pre-vote-resp";
}
