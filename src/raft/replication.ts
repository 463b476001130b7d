// Log replication: what a leader sends, what a follower takes,
// what an acknowledgement means (Raft §5.3).

import { assert } from "../std/assert.ts";
import { type Index, index, type NodeId } from "../std/ids.ts";
import { entryBytes } from "./log.ts";
import type { Message } from "./message.ts";
import type { Progress } from "./progress.ts";
import { jointCommittedIndex } from "./quorum.ts";
import { sendSnapshot } from "./snapshot.ts";
import type { RaftState } from "./state.ts";
import type { Entry } from "./types.ts";

const SCAN_BYTES = 1024 * 1024;

/** Does any entry in (after, through] fit? Read in pages. */
export function entriesHold(
  raft: RaftState,
  after: Index,
  through: Index,
  fits: (entry: Entry) => boolean,
): boolean {
  let from: number = after + 1;
  while (from <= through) {
    const page = raft.log.slice(index(from), index(through + 1), SCAN_BYTES);
    assert(page.ok, "committed entries that are not applied are there");
    if (page.value.some(fits)) return true;
    from += page.value.length;
  }
  return false;
}

function others(raft: RaftState, visit: (id: NodeId, progress: Progress) => void): void {
  for (const id of raft.tracker.members()) {
    const progress = raft.tracker.progress.get(id);
    if (id !== raft.id && progress !== undefined) visit(id, progress);
  }
}

export function broadcastAppend(raft: RaftState): void {
  others(raft, (id, progress) => maybeSendAppend(raft, id, progress, { sendIfEmpty: true }));
}

export function broadcastHeartbeat(raft: RaftState): void {
  const position = raft.readOnly.last;
  const context = position === 0 ? undefined : positionBytes(position);
  others(raft, (id, progress) => {
    // Never beyond what it is known to have: the rest of its log may be another leader's.
    const commit = index(Math.min(progress.match, raft.log.committed));
    raft.send({ type: "heartbeat", to: id, commit, ...(context === undefined ? {} : { context }) });
    progress.sentCommit = commit;
  });
}

export function positionBytes(position: number): Uint8Array {
  const bytes = new Uint8Array(8);
  let rest = position;
  for (let i = 7; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

export function positionOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/**
 * Sends the next append, or a snapshot where the log no longer reaches back.
 * False: nothing was sent.
 */
export function maybeSendAppend(
  raft: RaftState,
  to: NodeId,
  progress: Progress,
  { sendIfEmpty }: { readonly sendIfEmpty: boolean },
): boolean {
  if (progress.isPaused) return false;
  const prevIndex = index(progress.next - 1);
  const prevTerm = raft.log.term(prevIndex);
  if (!prevTerm.ok) return sendSnapshot(raft, to, progress);
  let entries: readonly Entry[] = [];
  // A full pipeline may still carry news of the commit index.
  if (progress.state !== "replicate" || !progress.inflights.isFull) {
    const found = raft.log.entries(progress.next, raft.config.maxSizePerMsg);
    if (!found.ok) return sendSnapshot(raft, to, progress);
    entries = found.value;
  }
  if (entries.length === 0 && !sendIfEmpty) return false;
  raft.send({
    type: "app",
    to,
    index: prevIndex,
    logTerm: prevTerm.value,
    entries,
    commit: raft.log.committed,
  });
  progress.sentEntries(
    entries.length,
    entries.reduce((sum, entry) => sum + entryBytes(entry), 0),
  );
  progress.sentCommit = raft.log.committed;
  return true;
}

/** Raft §5.4.2: only an entry of the present term is committed by counting. */
export function maybeCommit(raft: RaftState): boolean {
  const at = jointCommittedIndex(raft.tracker.config, (id) => raft.tracker.progress.get(id)?.match);
  return raft.log.maybeCommit(at, raft.term);
}

// Followers.

export function handleAppend(raft: RaftState, m: Message): void {
  if (m.index < raft.log.committed) {
    raft.send({ type: "app-resp", to: m.from, index: raft.log.committed });
    return;
  }
  const taken = raft.log.maybeAppend({ index: m.index, term: m.logTerm }, m.entries);
  if (taken !== undefined) {
    const { last, conflict, replacedFrom } = taken;
    if (conflict !== undefined) raft.trace({ kind: "conflict-found", id: raft.id, ...conflict });
    if (replacedFrom !== undefined)
      raft.trace({ kind: "tail-replaced", id: raft.id, from: replacedFrom });
    // Clamped: a commit beyond what this message proves may name entries that we do not have.
    raft.log.commitTo(index(Math.min(m.commit, last)));
    raft.send({ type: "app-resp", to: m.from, index: last });
    return;
  }
  raft.trace({
    kind: "append-refused",
    id: raft.id,
    from: m.from,
    prev: { index: m.index, term: m.logTerm },
    term: raft.log.termOr0(m.index),
  });
  // Where the leader should look next: our last place whose term is not above the one it asked for.
  const from = index(Math.min(m.index, raft.log.lastIndex));
  const hint = raft.log.findConflictByTerm(from, m.logTerm);
  raft.send({
    type: "app-resp",
    to: m.from,
    index: m.index,
    reject: true,
    rejectHint: hint.index,
    logTerm: hint.term,
  });
}

export function handleHeartbeat(raft: RaftState, m: Message): void {
  raft.log.commitTo(m.commit);
  raft.send({
    type: "heartbeat-resp",
    to: m.from,
    ...(m.context === undefined ? {} : { context: m.context }),
  });
}

// Leaders.

export function handleAppendRefused(raft: RaftState, m: Message, progress: Progress): void {
  let hint = m.rejectHint;
  raft.trace({
    kind: "refusal-received",
    id: raft.id,
    from: m.from,
    at: m.index,
    hint: { index: hint, term: m.logTerm },
  });
  // The other half of the fast back-off: skip what of ours cannot match a log
  // that ends in that term.
  if (m.logTerm > 0) hint = raft.log.findConflictByTerm(m.rejectHint, m.logTerm).index;
  if (!progress.maybeDecreaseTo(m.index, hint)) return;
  raft.traceProgress("progress-decreased", m.from, progress);
  if (progress.state === "replicate") progress.becomeProbe();
  maybeSendAppend(raft, m.from, progress, { sendIfEmpty: true });
}

export function handleAppendAccepted(raft: RaftState, m: Message, progress: Progress): void {
  const isNews =
    progress.maybeUpdate(m.index) || (progress.match === m.index && progress.state === "probe");
  if (!isNews) return;
  switch (progress.state) {
    case "probe":
      progress.becomeReplicate();
      break;
    case "snapshot":
      // Our log reaches back to it again: however it got there,
      // the snapshot is not needed any more.
      if (progress.match + 1 >= raft.log.firstIndex) {
        raft.traceProgress("replication-resumed", m.from, progress);
        progress.becomeProbe();
        progress.becomeReplicate();
      }
      break;
    case "replicate":
      progress.inflights.freeLessOrEqual(m.index);
      break;
  }
  if (maybeCommit(raft)) broadcastAppend(raft);
  else if (m.from !== raft.id && progress.canBumpCommit(raft.log.committed)) {
    maybeSendAppend(raft, m.from, progress, { sendIfEmpty: true });
  }
  if (m.from === raft.id) return;
  // The acknowledgement may have made room for several more.
  while (maybeSendAppend(raft, m.from, progress, { sendIfEmpty: false }));
  if (m.from === raft.transferee && progress.match === raft.log.lastIndex) {
    sendTimeoutNow(raft, m.from);
  }
}

/** It has the whole log: it stands for election at once (thesis §3.10). */
export function sendTimeoutNow(raft: RaftState, to: NodeId): void {
  raft.trace({ kind: "transfer-sent", id: raft.id, to });
  raft.send({ type: "timeout-now", to });
}
