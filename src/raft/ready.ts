// What the core wants done: to be written, sent and applied,
// in that order where one depends on another.

import { entryBytes } from "./log.ts";
import { APPEND_THREAD, APPLY_THREAD, type Message, message } from "./message.ts";
import type { ReadState } from "./read-only.ts";
import type { RaftState } from "./state.ts";
import type { Entry, HardState, Snapshot, SoftState } from "./types.ts";

export interface Ready {
  /** Only when it changed. */
  readonly softState: SoftState | undefined;
  /** Only when it changed: durable before `messages` that promise it. */
  readonly hardState: HardState | undefined;
  readonly readStates: readonly ReadState[];
  /** To be made durable. */
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | undefined;
  readonly committedEntries: readonly Entry[];
  /**
   * With asynchronous storage writes: all may leave at once; the storage messages among them carry
   * what may leave when they are done. Without: those that promise durability leave
   * after the write.
   */
  readonly messages: readonly Message[];
  /** A commit index alone need not be synced. */
  readonly mustSync: boolean;
}

export const isSameHard = (a: HardState, b: HardState): boolean =>
  a.term === b.term && a.vote === b.vote && a.commit === b.commit;
export const isSameSoft = (a: SoftState, b: SoftState): boolean =>
  a.leader === b.leader && a.state === b.state;

export function buildReady(raft: RaftState, previous: { hard: HardState; soft: SoftState }): Ready {
  const isAsync = raft.config.asyncStorageWrites === true;
  const hard = raft.hardState;
  const soft = raft.softState;
  const isHardChanged = !isSameHard(hard, previous.hard);
  const entries = raft.log.unstable.nextEntries();
  const hardState = isHardChanged ? hard : undefined;
  const snapshot = raft.log.unstable.nextSnapshot;
  const committedEntries = raft.log.nextCommitted(!isAsync);
  const work = { hardState, entries, snapshot, committedEntries };
  return {
    softState: isSameSoft(soft, previous.soft) ? undefined : soft,
    hardState,
    readStates: raft.readStates,
    entries,
    snapshot,
    committedEntries,
    messages: isAsync ? asyncMessages(raft, work) : syncMessages(raft),
    mustSync:
      entries.length > 0 || hard.term !== previous.hard.term || hard.vote !== previous.hard.vote,
  };
}

type Work = Pick<Ready, "hardState" | "entries" | "snapshot" | "committedEntries">;

function syncMessages(raft: RaftState): readonly Message[] {
  const promises = raft.afterAppend.filter(({ to }) => to !== raft.id);
  return promises.length === 0 ? raft.messages : [...raft.messages, ...promises];
}

function asyncMessages(raft: RaftState, work: Work): readonly Message[] {
  const messages = [...raft.messages];
  const { hardState, entries, snapshot, committedEntries } = work;
  const mustWrite =
    hardState !== undefined ||
    entries.length > 0 ||
    snapshot !== undefined ||
    raft.afterAppend.length > 0;
  if (mustWrite) messages.push(storageAppend(raft, work));
  if (committedEntries.length > 0) messages.push(storageApply(raft, committedEntries));
  return messages;
}

function storageAppend(raft: RaftState, { hardState, entries, snapshot }: Work): Message {
  const responses = [...raft.afterAppend];
  if (raft.log.unstable.entries.length > 0 || snapshot !== undefined) {
    const last = raft.log.unstable.entries.at(-1);
    // The write's end, with the term it was asked in:
    // another leader's write of that place may come between.
    responses.push(
      message({
        type: "storage-append-resp",
        to: raft.id,
        from: APPEND_THREAD,
        term: raft.term,
        ...(last === undefined ? {} : { index: last.index, logTerm: last.term }),
        snapshot,
      }),
    );
  }
  return message({
    type: "storage-append",
    to: APPEND_THREAD,
    from: raft.id,
    entries,
    snapshot,
    ...(hardState === undefined
      ? {}
      : { term: hardState.term, vote: hardState.vote, commit: hardState.commit }),
    responses,
  });
}

function storageApply(raft: RaftState, entries: readonly Entry[]): Message {
  return message({
    type: "storage-apply",
    to: APPLY_THREAD,
    from: raft.id,
    entries,
    responses: [message({ type: "storage-apply-resp", to: raft.id, from: APPLY_THREAD, entries })],
  });
}

/** What was handed out is under way. Returns the promises to oneself, good once it is durable. */
export function acceptReady(raft: RaftState, ready: Ready): readonly Message[] {
  const own = raft.afterAppend.filter(({ to }) => to === raft.id);
  raft.readStates = [];
  raft.messages = [];
  raft.afterAppend = [];
  raft.log.unstable.acceptInProgress();
  const last = ready.committedEntries.at(-1);
  if (last === undefined) return own;
  const bytes = ready.committedEntries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  raft.log.acceptApplying(last.index, bytes, raft.config.asyncStorageWrites !== true);
  return own;
}
