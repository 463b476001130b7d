// The one entry of every message: terms first (Raft §5.1), then votes, then the role.

import { NONE } from "../std/ids.ts";
import { ok, type Result } from "../std/result.ts";
import { handleLowerTerm, handleVoteRequest, hup, isInLease } from "./election.ts";
import type { Message } from "./message.ts";
import { stepCandidate, stepFollower } from "./role-follower.ts";
import { releasePendingReads, stepLeader } from "./role-leader.ts";
import type { RaftState } from "./state.ts";

/**
 * `proposal-dropped`: no leader is known, or it cannot take it now.
 * `unknown-peer`: not of this configuration.
 */
export type StepError = "proposal-dropped" | "unknown-peer" | "local-message";

export function step(raft: RaftState, m: Message): Result<void, StepError> {
  if (m.term > raft.term) {
    if (!meetHigherTerm(raft, m)) return ok(undefined);
  } else if (m.term !== 0 && m.term < raft.term) {
    handleLowerTerm(raft, m);
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
      onApplied(raft, m);
      return ok(undefined);
    case "vote":
    case "pre-vote":
      handleVoteRequest(raft, m);
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
  const isVote = m.type === "vote" || m.type === "pre-vote";
  if (isVote && isInLease(raft, m)) return false;
  // A pre-vote changes no term, and neither does its grant,
  // which carries the term that was asked for.
  if (m.type === "pre-vote" || (m.type === "pre-vote-resp" && !m.reject)) return true;
  raft.trace({
    kind: "higher-term-seen",
    id: raft.id,
    term: raft.term,
    from: m.from,
    type: m.type,
    higher: m.term,
  });
  const isFromLeader = m.type === "app" || m.type === "heartbeat" || m.type === "snap";
  raft.becomeFollower(m.term, isFromLeader ? m.from : NONE);
  return true;
}

function onStored(raft: RaftState, m: Message): void {
  if (m.index !== 0) raft.log.unstable.stableTo(m.index, m.logTerm);
  if (m.snapshot === undefined) return;
  raft.log.unstable.stableSnapTo(m.snapshot.index);
  raft.log.appliedTo(m.snapshot.index, 0);
}

function onApplied(raft: RaftState, m: Message): void {
  const last = m.entries.at(-1);
  if (last === undefined) return;
  applied(raft, m.entries);
}

/** The machine has these. A leader in a joint configuration that leaves by itself proposes so. */
export function applied(raft: RaftState, entries: Message["entries"]): void {
  const last = entries.at(-1);
  if (last === undefined) return;
  const before = raft.log.applied;
  raft.log.appliedTo(
    last.index,
    entries.reduce((sum, { data }) => sum + data.length + 12, 0),
  );
  raft.reduceUncommitted(entries);
  releasePendingReads(raft);
  const { autoLeave, outgoing } = raft.tracker.config;
  const isDue = autoLeave && outgoing.size > 0 && raft.state === "leader";
  if (!isDue || raft.pendingConfIndex > raft.log.applied || before > raft.log.applied) return;
  proposeLeaveJoint(raft);
}

function proposeLeaveJoint(raft: RaftState): void {
  // An empty change, which means: leave.
  if (!raft.appendEntries([{ kind: "conf-change-v2", data: new Uint8Array(0) }])) return;
  raft.pendingConfIndex = raft.log.lastIndex;
}
