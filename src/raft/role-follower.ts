// What a follower does with each message, and what a candidate does.

import { NONE } from "../std/ids.ts";
import { err, ok, type Result } from "../std/result.ts";
import { campaign, hup, isVoteResponse, poll, type VoteResponseMessage } from "./election.ts";
import type { Message } from "./message.ts";
import { broadcastAppend, handleAppend, handleHeartbeat } from "./replication.ts";
import { handleSnapshot } from "./snapshot.ts";
import type { RaftState } from "./state.ts";
import type { StepError } from "./step.ts";

export function stepFollower(raft: RaftState, m: Message): Result<void, StepError> {
  switch (m.type) {
    case "prop":
      return forwardProposal(raft, m);
    case "app":
    case "heartbeat":
    case "snap":
      raft.electionElapsed = 0;
      raft.leader = m.from;
      hearLeader(raft, m);
      return ok(undefined);
    case "transfer-leader":
      if (raft.leader !== NONE) raft.send({ ...m, to: raft.leader, term: raft.term });
      return ok(undefined);
    case "read-index":
      if (raft.leader !== NONE) raft.send({ ...m, to: raft.leader });
      return ok(undefined);
    case "forget-leader":
      forgetLeader(raft);
      return ok(undefined);
    case "timeout-now":
      raft.trace({ kind: "transfer-received", id: raft.id, term: raft.term, from: m.from });
      // The leader asked for it: no pre-vote, and no lease stands in the way.
      hup(raft, "transfer");
      return ok(undefined);
    case "read-index-resp":
      raft.readStates.push({
        index: m.index,
        context: m.entries[0]?.data ?? new Uint8Array(0),
      });
      return ok(undefined);
    default:
      return ok(undefined);
  }
}

function forwardProposal(raft: RaftState, m: Message): Result<void, StepError> {
  if (raft.leader === NONE) return dropWithoutLeader(raft);
  if (raft.config.disableProposalForwarding === true) return err("proposal-dropped");
  raft.send({ ...m, to: raft.leader });
  return ok(undefined);
}

function dropWithoutLeader(raft: RaftState): Result<void, StepError> {
  raft.trace({ kind: "proposal-without-leader", id: raft.id, term: raft.term });
  return err("proposal-dropped");
}

function forgetLeader(raft: RaftState): void {
  const { id, leader, term } = raft;
  if (raft.config.readOnlyOption === "lease-based") raft.trace({ kind: "forget-refused", id });
  else if (leader !== NONE) {
    raft.trace({ kind: "leader-forgotten", id, leader, term });
    raft.leader = NONE;
  }
}

function hearLeader(raft: RaftState, m: Message): void {
  if (m.type === "app") handleAppend(raft, m);
  else if (m.type === "heartbeat") handleHeartbeat(raft, m);
  else handleSnapshot(raft, m);
}

export function stepCandidate(raft: RaftState, m: Message): Result<void, StepError> {
  if (isVoteResponse(m)) {
    onVote(raft, m);
    return ok(undefined);
  }
  switch (m.type) {
    case "prop":
      return dropWithoutLeader(raft);
    case "app":
    case "heartbeat":
    case "snap":
      // Someone of our term won (§5.2).
      raft.becomeFollower(m.term, m.from);
      hearLeader(raft, m);
      return ok(undefined);
    default:
      return ok(undefined);
  }
}

function onVote(raft: RaftState, m: VoteResponseMessage): void {
  // An answer to what it asked before is none to what it asks now.
  if ((m.type === "pre-vote-resp") !== (raft.state === "pre-candidate")) return;
  switch (poll(raft, m)) {
    case "won":
      if (raft.state === "pre-candidate") campaign(raft, "election");
      else {
        raft.becomeLeader();
        broadcastAppend(raft);
      }
      return;
    case "lost":
      raft.becomeFollower(raft.term, NONE);
      return;
    case "pending":
      return;
  }
}
