// The one entry of every message: terms first (Raft §5.1), then votes, then the role.

import { type Index, index, NONE, term } from "../std/ids.ts";
import { ok, type Result } from "../std/result.ts";
import {
  handleVoteRequest,
  hup,
  isInLease,
  isVoteRequest,
  isVoteResponse,
  learnCommit,
} from "./election.ts";
import { entryBytes } from "./log.ts";
import { type Message, message } from "./message.ts";
import { stepCandidate, stepFollower } from "./role-follower.ts";
import { releasePendingReads, stepLeader } from "./role-leader.ts";
import type { RaftState } from "./state.ts";
import type { LogEnd } from "./trace.ts";
import type { Entry } from "./types.ts";

/**
 * `proposal-dropped`: no leader is known, or it cannot take it now.
 * `unknown-peer`: not of this configuration.
 */
export type StepError = "proposal-dropped" | "unknown-peer" | "local-message";

export function step(raft: RaftState, m: Message): Result<void, StepError> {
  if (m.reject && isVoteResponse(m)) learnCommit(raft, m);
  if (m.term > raft.term) {
    if (!meetHigherTerm(raft, m)) return ok(undefined);
  } else if (m.term !== 0 && m.term < raft.term) {
    meetLowerTerm(raft, m);
    return ok(undefined);
  }
  if (isVoteRequest(m)) {
    handleVoteRequest(raft, m);
    return ok(undefined);
  }
  switch (m.type) {
    case "hup":
      hup(raft, raft.config.preVote === true ? "pre-election" : "election");
      return ok(undefined);
    case "storage-append-resp":
      onStored(raft, m);
      return ok(undefined);
    case "storage-apply-resp":
      applied(raft, m.entries);
      return ok(undefined);
    default:
      return stepRole(raft, m);
  }
}

function stepRole(raft: RaftState, m: Message): Result<void, StepError> {
  if (raft.state === "leader") return stepLeader(raft, m);
  return raft.state === "follower" ? stepFollower(raft, m) : stepCandidate(raft, m);
}

/** False: the message is answered by silence. */
function meetHigherTerm(raft: RaftState, m: Message): boolean {
  if (isVoteRequest(m) && isInLease(raft, m)) return false;
  // A pre-vote changes no term, and neither does its grant,
  // which carries the term that was asked for.
  if (m.type === "pre-vote" || (m.type === "pre-vote-resp" && !m.reject)) return true;
  raft.trace({ kind: "higher-term-seen", ...otherTerm(raft, m) });
  const isFromLeader = m.type === "app" || m.type === "heartbeat" || m.type === "snap";
  raft.becomeFollower(m.term, isFromLeader ? m.from : NONE);
  return true;
}

function otherTerm(raft: RaftState, { from, type, term: other }: Message) {
  return { id: raft.id, term: raft.term, from, type, other };
}

/**
 * Lower terms get no answer, but for those who could otherwise be stuck behind a lease
 * or a pre-vote.
 */
function meetLowerTerm(raft: RaftState, m: Message): void {
  const { checkQuorum, preVote } = raft.config;
  if ((checkQuorum === true || preVote === true) && (m.type === "heartbeat" || m.type === "app")) {
    raft.send({ type: "app-resp", to: m.from });
  } else if (m.type === "pre-vote") {
    raft.send({ type: "pre-vote-resp", to: m.from, term: raft.term, reject: true });
  } else if (m.type === "storage-append-resp") {
    // Its entries may be another leader's now; a snapshot is of what was committed, in any term.
    if (m.index !== 0) raft.trace({ kind: "stale-write-ignored", ...otherTerm(raft, m) });
    if (m.snapshot !== undefined) snapshotStored(raft, m.snapshot.index);
  } else raft.trace({ kind: "lower-term-ignored", ...otherTerm(raft, m) });
}

function onStored(raft: RaftState, m: Message): void {
  if (m.index !== 0) entriesStored(raft, { index: m.index, term: m.logTerm });
  if (m.snapshot !== undefined) snapshotStored(raft, m.snapshot.index);
}

/** All up to `end` is durable, unless another entry took that place meanwhile. */
export function entriesStored(raft: RaftState, end: LogEnd): void {
  const { unstable } = raft.log;
  const at = end.index;
  const found = unstable.term(at);
  if (found === undefined) raft.trace({ kind: "durable-missing", id: raft.id, at });
  else if (found === end.term) unstable.stableTo(at, found);
  else {
    const terms = { durable: end.term, unstable: found };
    raft.trace({ kind: "durable-mismatched", id: raft.id, at, ...terms });
  }
}

export function snapshotStored(raft: RaftState, at: Index): void {
  raft.log.unstable.stableSnapTo(at);
  appliedTo(raft, at, 0);
}

/** The machine has these. */
export function applied(raft: RaftState, entries: readonly Entry[]): void {
  const last = entries.at(-1);
  if (last === undefined) return;
  appliedTo(
    raft,
    last.index,
    entries.reduce((sum, entry) => sum + entryBytes(entry), 0),
  );
  raft.reduceUncommitted(entries);
  releasePendingReads(raft);
}

function appliedTo(raft: RaftState, at: Index, bytes: number): void {
  raft.log.appliedTo(at > raft.log.applied ? at : raft.log.applied, bytes);
  leaveJointIfDue(raft);
}

/** A leader in a joint configuration that leaves by itself proposes so. */
export function leaveJointIfDue(raft: RaftState): void {
  const { autoLeave, outgoing } = raft.tracker.config;
  const isDue = autoLeave && outgoing.size > 0 && raft.state === "leader";
  if (isDue && raft.log.applied >= raft.pendingConfIndex) proposeLeaveJoint(raft);
}

function proposeLeaveJoint(raft: RaftState): void {
  const { id } = raft;
  // An empty change, which means: leave.
  const entry = { term: term(0), index: index(0), data: new Uint8Array(0) };
  const entries = [{ ...entry, kind: "conf-change-v2" as const }];
  const taken = stepLeader(raft, message({ type: "prop", from: id, to: id, entries }));
  // While leadership is on its way to another one, that one will do it.
  if (!taken.ok) return;
  const configuration = raft.tracker.confState();
  raft.trace({ kind: "leave-joint-proposed", id, configuration });
}
