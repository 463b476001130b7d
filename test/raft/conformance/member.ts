// One scripted member: a core, its storage, and the state machine that applies what it commits.

import { decodeConfChange } from "../../../src/raft/codec.ts";
import type { RaftConfig } from "../../../src/raft/config.ts";
import { APPEND_THREAD, APPLY_THREAD, type Message } from "../../../src/raft/message.ts";
import { RawNode } from "../../../src/raft/raw-node.ts";
import type { Ready } from "../../../src/raft/ready.ts";
import type { Entry, HardState, Snapshot } from "../../../src/raft/types.ts";
import { index, type NodeId, term } from "../../../src/std/ids.ts";
import { ScriptStorage } from "./storage.ts";

export const ELECTION_TICKS = 3;
export const HEARTBEAT_TICKS = 1;

export interface MemberOptions
  extends Pick<
    RaftConfig,
    | "asyncStorageWrites"
    | "checkQuorum"
    | "disableConfChangeValidation"
    | "maxCommittedSizePerReady"
    | "preVote"
    | "readOnlyOption"
    | "stepDownOnRemoval"
    | "maxUncommittedEntriesSize"
    | "trace"
  > {
  readonly id: NodeId;
  readonly maxInflightMsgs: number;
  /** Absent: an empty log, of no configuration. */
  readonly bootstrap: Pick<Snapshot, "index" | "confState" | "data"> | undefined;
}

export class Member {
  readonly id: NodeId;
  readonly storage = new ScriptStorage();
  readonly node: RawNode;
  readonly #isAsync: boolean;
  /** What the storage's threads were asked for, oldest first. */
  readonly appendWork: Message[] = [];
  readonly applyWork: Message[] = [];

  constructor({ id, bootstrap, ...options }: MemberOptions) {
    this.id = id;
    this.#isAsync = options.asyncStorageWrites === true;
    if (bootstrap !== undefined) this.storage.restore({ ...bootstrap, term: term(1) });
    this.node = new RawNode({
      ...options,
      id,
      storage: this.storage,
      electionTicks: ELECTION_TICKS,
      heartbeatTicks: HEARTBEAT_TICKS,
      applied: bootstrap?.index ?? index(0),
      maxSizePerMsg: Number.POSITIVE_INFINITY,
      // Scripts set the time-out where it matters.
      randomInt: () => 0,
    });
  }

  /** Does what `ready` wants, or hands it to the threads. Returns what goes to others. */
  process(ready: Ready): readonly Message[] {
    if (this.#isAsync) return ready.messages.filter((m) => !this.#isWork(m));
    this.#write(ready);
    this.#apply(ready.committedEntries);
    return ready.messages;
  }

  /** To be called when the messages of `ready` are on their way. */
  done(ready: Ready): void {
    if (!this.#isAsync) this.node.advance(ready);
  }

  #isWork(m: Message): boolean {
    if (m.to === APPEND_THREAD) this.appendWork.push(m);
    else if (m.to === APPLY_THREAD) this.applyWork.push(m);
    else return false;
    return true;
  }

  append(work: Message): void {
    const { term: ofTerm, vote, commit, entries, snapshot } = work;
    const hasHardState = ofTerm !== 0 || vote !== 0 || commit !== 0;
    const hardState = hasHardState ? { term: ofTerm, vote, commit } : undefined;
    this.#write({ hardState, entries, snapshot });
  }

  apply(work: Message): void {
    this.#apply(work.entries);
  }

  #write(what: {
    readonly hardState: HardState | undefined;
    readonly entries: readonly Entry[];
    readonly snapshot: Snapshot | undefined;
  }): void {
    if (what.hardState !== undefined) this.storage.hardState = what.hardState;
    if (what.snapshot !== undefined) this.storage.restore(what.snapshot);
    this.storage.append(what.entries);
  }

  #apply(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const { latest, history } = this.storage;
      if (entry.kind === "normal") {
        history.push({ ...latest, ...placeOf(entry), data: joined(latest.data, entry.data) });
        continue;
      }
      const change = decodeConfChange(entry.data);
      const confState = this.node.applyConfChange(change);
      const data = joined(latest.data, change.context ?? new Uint8Array(0));
      history.push({ ...placeOf(entry), confState, data });
    }
  }
}

const placeOf = (entry: Entry) => ({ index: entry.index, term: entry.term });

function joined(before: Uint8Array, after: Uint8Array): Uint8Array {
  const data = new Uint8Array(before.length + after.length);
  data.set(before);
  data.set(after, before.length);
  return data;
}
