// What a leader does with each message.

import { MalformedError } from "../std/bytes.ts";
import { index, NONE } from "../std/ids.ts";
import { err, ok, type Result } from "../std/result.ts";
import { decodeConfChange } from "./codec.ts";
import { type ConfChange, isLeaveJoint } from "./conf-change.ts";
import type { Message } from "./message.ts";
import type { Progress } from "./progress.ts";
import { jointVoteResult } from "./quorum.ts";
import {
  broadcastAppend,
  broadcastHeartbeat,
  handleAppendAccepted,
  handleAppendRefused,
  maybeSendAppend,
  positionOf,
  sendTimeoutNow,
} from "./replication.ts";
import type { RaftState } from "./state.ts";
import type { StepError } from "./step.ts";
import type { Entry } from "./types.ts";

export function stepLeader(raft: RaftState, m: Message): Result<void, StepError> {
  switch (m.type) {
    case "beat":
      broadcastHeartbeat(raft);
      return ok(undefined);
    case "check-quorum":
      checkQuorum(raft);
      return ok(undefined);
    case "prop":
      return propose(raft, m);
    case "read-index":
      readIndex(raft, m);
      return ok(undefined);
    default:
      stepOfMember(raft, m);
      return ok(undefined);
  }
}

function checkQuorum(raft: RaftState): void {
  if (!raft.tracker.isQuorumActive()) {
    raft.trace({ kind: "quorum-lost", id: raft.id, term: raft.term });
    raft.becomeFollower(raft.term, NONE);
  }
  for (const [id, progress] of raft.tracker.progress) {
    if (id !== raft.id) progress.isRecentActive = false;
  }
}

function propose(raft: RaftState, m: Message): Result<void, StepError> {
  const isMember = raft.tracker.progress.has(raft.id);
  if (!isMember || raft.transferee !== NONE) return err("proposal-dropped");
  // A peer forwarded it: that it can be read is not sure.
  if (!m.entries.every(isReadable)) return err("proposal-dropped");
  const pendingBefore = raft.pendingConfIndex;
  let last: number = raft.log.lastIndex;
  const payloads = m.entries.map((entry) => {
    last++;
    return entry.kind === "normal" ? entry : checkedConfChange(raft, entry, last);
  });
  if (!raft.appendEntries(payloads)) {
    raft.pendingConfIndex = pendingBefore;
    return err("proposal-dropped");
  }
  broadcastAppend(raft);
  return ok(undefined);
}

function isReadable(entry: Entry): boolean {
  if (entry.kind === "normal") return true;
  try {
    decodeConfChange(entry.data);
    return true;
  } catch (error) {
    if (error instanceof MalformedError) return false;
    throw error;
  }
}

/** One change at a time, and none that does not fit: an unfit one becomes an empty entry. */
function checkedConfChange(
  raft: RaftState,
  entry: Entry,
  at: number,
): Pick<Entry, "kind" | "data"> {
  const cc = decodeConfChange(entry.data);
  const reason = whyUnfit(raft, cc);
  if (reason !== undefined && raft.config.disableConfChangeValidation !== true) {
    const configuration = raft.tracker.confState();
    raft.trace({ kind: "conf-change-ignored", id: raft.id, change: cc, configuration, reason });
    return { kind: "normal", data: new Uint8Array(0) };
  }
  raft.pendingConfIndex = index(at);
  return entry;
}

function whyUnfit(raft: RaftState, cc: ConfChange) {
  const isJoint = raft.tracker.config.outgoing.size > 0;
  if (raft.pendingConfIndex > raft.log.applied) return "another-pending";
  if (isJoint === isLeaveJoint(cc)) return undefined;
  return isJoint ? "joint" : "not-joint";
}

/** A read is answered at the commit index of now, once a majority confirms that we still lead. */
function readIndex(raft: RaftState, m: Message): void {
  // Before that, others may know of a later commit than we do: even when we are alone, since a
  // commit index need not survive a restart.
  if (hasCommittedInTerm(raft)) askReadQuorum(raft, m);
  else raft.pendingReads.push(m);
}

export function hasCommittedInTerm(raft: RaftState): boolean {
  return raft.log.termOr0(raft.log.committed) === raft.term;
}

function askReadQuorum(raft: RaftState, m: Message): void {
  const isAlone = raft.tracker.isSingleton() && raft.tracker.isVoter(raft.id);
  if (isAlone || raft.config.readOnlyOption === "lease-based") {
    answerRead(raft, m, raft.log.committed);
    return;
  }
  raft.readOnly.add(m, raft.log.committed, raft.id);
  broadcastHeartbeat(raft);
}

export function releasePendingReads(raft: RaftState): void {
  if (raft.pendingReads.length === 0 || !hasCommittedInTerm(raft)) return;
  const waiting = raft.pendingReads;
  raft.pendingReads = [];
  for (const m of waiting) askReadQuorum(raft, m);
}

function answerRead(raft: RaftState, request: Message, at: RaftState["log"]["committed"]): void {
  const context = request.entries[0]?.data ?? new Uint8Array(0);
  if (request.from === NONE || request.from === raft.id) {
    raft.readStates.push({ index: at, context });
    return;
  }
  raft.send({ type: "read-index-resp", to: request.from, index: at, entries: request.entries });
}

function stepOfMember(raft: RaftState, m: Message): void {
  const progress = raft.tracker.progress.get(m.from);
  if (progress === undefined) return;
  switch (m.type) {
    case "app-resp":
      progress.isRecentActive = true;
      if (m.reject) handleAppendRefused(raft, m, progress);
      else {
        handleAppendAccepted(raft, m, progress);
        releasePendingReads(raft);
      }
      return;
    case "heartbeat-resp":
      onHeartbeatAnswer(raft, m, progress);
      return;
    case "snap-status":
      onSnapshotStatus(m, progress);
      return;
    case "unreachable":
      // Optimistic appends are likely lost: one at a time until it answers.
      if (progress.state === "replicate") progress.becomeProbe();
      raft.traceProgress("reported-unreachable", m.from, progress);
      return;
    case "transfer-leader":
      onTransfer(raft, m, progress);
      return;
    default:
  }
}

function onHeartbeatAnswer(raft: RaftState, m: Message, progress: Progress): void {
  progress.isRecentActive = true;
  progress.isFlowPaused = false;
  if (progress.match < raft.log.lastIndex || progress.state === "probe") {
    maybeSendAppend(raft, m.from, progress, { sendIfEmpty: true });
  }
  if (m.context === undefined || m.context.length === 0) return;
  raft.readOnly.ack(m.from, positionOf(m.context));
  const confirmed = raft.readOnly.takeConfirmed((acks) => {
    const votes = new Map([...acks].map((id) => [id, true] as const));
    return jointVoteResult(raft.tracker.config, votes) === "won";
  });
  for (const { request, index: at } of confirmed) answerRead(raft, request, at);
}

function onSnapshotStatus(m: Message, progress: Progress): void {
  if (progress.state !== "snapshot") return;
  if (m.reject) progress.pendingSnapshot = index(0);
  progress.becomeProbe();
  // It answers when it has installed it; until then nothing more is sent.
  progress.isFlowPaused = true;
}

function onTransfer(raft: RaftState, m: Message, progress: Progress): void {
  const target = m.from;
  // To oneself: what was asked for before is called back.
  if (target === raft.id) raft.transferee = NONE;
  if (progress.isLearner || raft.transferee === target || target === raft.id) return;
  raft.electionElapsed = 0;
  raft.transferee = target;
  raft.trace({ kind: "transfer-started", id: raft.id, term: raft.term, to: target });
  if (progress.match === raft.log.lastIndex) sendTimeoutNow(raft, target);
  else maybeSendAppend(raft, target, progress, { sendIfEmpty: true });
}
