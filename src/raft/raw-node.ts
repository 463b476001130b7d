// One member's consensus core behind its public surface: messages and ticks in, Readies out.
// Pure and synchronous: the same calls give the same answers. What can be expected to fail is a
// value; an InvariantError means that this replica must stop.

import { assert } from "../std/assert.ts";
import { type Index, index, NONE, type NodeId, type Term, term } from "../std/ids.ts";
import { err, type Result } from "../std/result.ts";
import { encodeConfChange } from "./codec.ts";
import { type ConfChange, change, restore } from "./conf-change.ts";
import type { RaftConfig } from "./config.ts";
import { isLocal, isLocalTarget, isResponse, type Message, message } from "./message.ts";
import type { Progress } from "./progress.ts";
import { acceptReady, buildReady, isSameHard, isSameSoft, type Ready } from "./ready.ts";
import { broadcastAppend, maybeCommit, maybeSendAppend } from "./replication.ts";
import { RaftState } from "./state.ts";
import {
  applied,
  entriesStored,
  leaveJointIfDue,
  type StepError,
  snapshotStored,
  step,
} from "./step.ts";
import type { StorageError } from "./storage.ts";
import type { ConfState, Entry, HardState, SoftState } from "./types.ts";

export interface BasicStatus {
  readonly id: NodeId;
  readonly hardState: HardState;
  readonly softState: SoftState;
  readonly applied: Index;
  readonly lastIndex: Index;
  readonly transferee: NodeId;
  readonly confState: ConfState;
}

export interface Status extends BasicStatus {
  /** What the leader knows of each member; empty elsewhere. */
  readonly progress: ReadonlyMap<NodeId, Progress>;
}

export class RawNode {
  readonly #raft: RaftState;
  #hard: HardState;
  #soft: SoftState;
  /** Synchronous storage only: to oneself, of the Ready that is under way. */
  #promises: readonly Message[] | undefined;

  constructor(config: RaftConfig) {
    checkConfig(config);
    const raft = new RaftState(config);
    this.#raft = raft;
    const { hardState, confState } = config.storage.initialState();
    raft.switchConfiguration(
      restore(confState, {
        lastIndex: raft.log.lastIndex,
        newInflights: () => raft.tracker.newInflights(),
      }),
    );
    assert(hardState.commit <= raft.log.lastIndex, "a restart finds what was committed");
    raft.term = hardState.term;
    raft.vote = hardState.vote;
    raft.log.commitTo(hardState.commit);
    if (config.applied !== undefined) raft.log.appliedTo(config.applied, 0);
    raft.becomeFollower(raft.term, NONE);
    raft.trace({
      kind: "started",
      id: raft.id,
      term: raft.term,
      voters: raft.tracker.voters(),
      commit: raft.log.committed,
      applied: raft.log.applied,
      end: raft.log.end,
    });
    this.#hard = raft.hardState;
    this.#soft = raft.softState;
  }

  /** One unit of time. */
  tick(): void {
    const raft = this.#raft;
    if (raft.state === "leader") this.#tickLeader();
    else {
      raft.electionElapsed++;
      if (!raft.isPromotable || raft.electionElapsed < raft.randomizedElectionTimeout) return;
      raft.electionElapsed = 0;
      this.#local({ type: "hup", to: raft.id });
    }
  }

  #tickLeader(): void {
    const raft = this.#raft;
    raft.heartbeatElapsed++;
    raft.electionElapsed++;
    if (raft.electionElapsed >= raft.config.electionTicks) {
      raft.electionElapsed = 0;
      if (raft.config.checkQuorum === true) this.#local({ type: "check-quorum", to: raft.id });
      // A transfer that took an election time-out is given up.
      raft.transferee = NONE;
      // What waited for the end of a transfer, however it ended.
      leaveJointIfDue(raft);
    }
    if (raft.state !== "leader" || raft.heartbeatElapsed < raft.config.heartbeatTicks) return;
    raft.heartbeatElapsed = 0;
    this.#local({ type: "beat", to: raft.id });
  }

  #local(fields: Partial<Message> & Pick<Message, "type" | "to">): Result<void, StepError> {
    return step(this.#raft, message({ from: this.#raft.id, ...fields }));
  }

  /** A message of a peer, or the answer of a storage write. */
  step(m: Message): Result<void, StepError> {
    const isOfStorage = isLocalTarget(m.from);
    if (isLocal(m.type) && !isOfStorage) return err("local-message");
    const isKnown =
      this.#raft.tracker.progress.has(m.from) || isOfStorage || m.from === this.#raft.id;
    if (isResponse(m.type) && !isKnown) return err("unknown-peer");
    return step(this.#raft, m);
  }

  campaign(): Result<void, StepError> {
    return this.#local({ type: "hup", to: this.#raft.id });
  }

  /** All of them in one go: one append to each follower. */
  propose(data: readonly Uint8Array[]): Result<void, StepError> {
    return this.#propose(data.map((bytes) => blankEntry("normal", bytes)));
  }

  proposeConfChange(cc: ConfChange): Result<void, StepError> {
    return this.#propose([blankEntry("conf-change-v2", encodeConfChange(cc))]);
  }

  #propose(entries: readonly Entry[]): Result<void, StepError> {
    return this.#local({ type: "prop", to: this.#raft.id, entries });
  }

  /** To be called when a committed change is applied. The new configuration. */
  applyConfChange(cc: ConfChange): ConfState {
    const raft = this.#raft;
    const changed = change(
      {
        config: raft.tracker.config,
        progress: raft.tracker.progress,
        lastIndex: raft.log.lastIndex,
        newInflights: () => raft.tracker.newInflights(),
      },
      cc,
    );
    // A committed change that does not fit changes nothing, on every member alike.
    if (changed.ok) {
      raft.switchConfiguration(changed.value);
      this.#onNewConfig();
    }
    return raft.tracker.confState();
  }

  #onNewConfig(): void {
    const raft = this.#raft;
    if (raft.state !== "leader") return;
    const own = raft.tracker.progress.get(raft.id);
    if (own === undefined || own.isLearner) {
      if (raft.config.stepDownOnRemoval === true) raft.becomeFollower(raft.term, NONE);
      return;
    }
    // A smaller quorum may commit more at once; newcomers are probed without waiting
    // for a heartbeat.
    if (maybeCommit(raft)) broadcastAppend(raft);
    else {
      for (const id of raft.tracker.members()) {
        const progress = raft.tracker.progress.get(id);
        if (id === raft.id || progress === undefined) continue;
        maybeSendAppend(raft, id, progress, { sendIfEmpty: false });
      }
    }
    if (raft.transferee !== NONE && !raft.tracker.isVoter(raft.transferee)) raft.transferee = NONE;
  }

  /**
   * Asks at which index a linearizable read may be answered: a ReadState with `context` follows.
   */
  readIndex(context: Uint8Array): Result<void, StepError> {
    return this.#local({
      type: "read-index",
      to: this.#raft.id,
      entries: [blankEntry("normal", context)],
    });
  }

  transferLeader(to: NodeId): Result<void, StepError> {
    return step(this.#raft, message({ type: "transfer-leader", from: to, to: this.#raft.id }));
  }

  forgetLeader(): Result<void, StepError> {
    return this.#local({ type: "forget-leader", to: this.#raft.id });
  }

  reportUnreachable(id: NodeId): void {
    step(this.#raft, message({ type: "unreachable", from: id, to: this.#raft.id }));
  }

  reportSnapshot(id: NodeId, isInstalled: boolean): void {
    const reject = !isInstalled;
    step(this.#raft, message({ type: "snap-status", from: id, to: this.#raft.id, reject }));
  }

  hasReady(): boolean {
    const raft = this.#raft;
    return (
      raft.messages.length > 0 ||
      raft.afterAppend.length > 0 ||
      raft.readStates.length > 0 ||
      raft.log.unstable.nextEntries().length > 0 ||
      raft.log.unstable.nextSnapshot !== undefined ||
      raft.log.hasNextCommitted(raft.config.asyncStorageWrites !== true) ||
      !isSameHard(raft.hardState, this.#hard) ||
      !isSameSoft(raft.softState, this.#soft)
    );
  }

  /** Takes what is to be done. Without asynchronous storage writes `advance` must follow. */
  ready(): Ready {
    assert(this.#promises === undefined, "advance comes before the next ready");
    const ready = buildReady(this.#raft, { hard: this.#hard, soft: this.#soft });
    this.#hard = ready.hardState ?? this.#hard;
    this.#soft = ready.softState ?? this.#soft;
    const own = acceptReady(this.#raft, ready);
    if (this.#raft.config.asyncStorageWrites !== true) this.#promises = own;
    return ready;
  }

  /** Synchronous storage only: all of `ready` was written, sent and applied. */
  advance(ready: Ready): void {
    const raft = this.#raft;
    assert(raft.config.asyncStorageWrites !== true, "storage answers by messages");
    const own = this.#promises;
    assert(own !== undefined, "advance comes after ready");
    this.#promises = undefined;
    const last = ready.entries.at(-1);
    if (last !== undefined) entriesStored(raft, last);
    if (ready.snapshot !== undefined) snapshotStored(raft, ready.snapshot.index);
    for (const m of own) step(raft, m);
    applied(raft, ready.committedEntries);
  }

  basicStatus(): BasicStatus {
    const raft = this.#raft;
    return {
      id: raft.id,
      hardState: raft.hardState,
      softState: raft.softState,
      applied: raft.log.applied,
      lastIndex: raft.log.lastIndex,
      transferee: raft.transferee,
      confState: raft.tracker.confState(),
    };
  }

  /** Of an entry of the log, durable or not. */
  termAt(at: Index): Result<Term, StorageError> {
    return this.#raft.log.term(at);
  }

  /** Of a leader's snapshot that was taken and is not stored yet; undefined: there is none. */
  get pendingSnapshot(): Index | undefined {
    return this.#raft.log.unstable.snapshot?.index;
  }

  status(): Status {
    const isLeader = this.#raft.state === "leader";
    return { ...this.basicStatus(), progress: isLeader ? this.#raft.tracker.progress : new Map() };
  }

  /** For scripted elections: holds until the next reset. */
  setRandomizedElectionTimeout(ticks: number): void {
    this.#raft.randomizedElectionTimeout = ticks;
  }
}

/** Values with which no group could work; each is a mistake of the program that set it. */
function checkConfig(config: RaftConfig): void {
  const { maxInflightBytes = Number.POSITIVE_INFINITY } = config;
  assert(config.id !== NONE && !isLocalTarget(config.id), "a member has an id of its own");
  assert(config.heartbeatTicks > 0, "heartbeats are some time apart");
  assert(config.electionTicks > config.heartbeatTicks, "elections wait for several heartbeats");
  assert(config.maxInflightMsgs > 0, "one append at least may be under way");
  assert(maxInflightBytes > 0, "some bytes may be under way");
  assert(maxInflightBytes >= config.maxSizePerMsg, "one append of full size may be under way");
  const isLeased = config.readOnlyOption === "lease-based";
  assert(!isLeased || config.checkQuorum === true, "a lease is one that a quorum gives");
}

const blankEntry = (kind: Entry["kind"], data: Uint8Array): Entry => ({
  term: term(0),
  index: index(0),
  kind,
  data,
});
