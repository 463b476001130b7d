// What a follower does with each message, and what a candidate does.

import { NONE } from "../std/ids.ts";
import { err, ok, type Result } from "../std/result.ts";
import { campaign, hup, poll } from "./election.ts";
import type { Message } from "./message.ts";
import { broadcastAppend, handleAppend, handleHeartbeat } from "./replication.ts";
import { handleSnapshot } from "./snapshot.ts";
import type { RaftState } from "./state.ts";
import type { StepError } from "./step.ts";

export function stepFollower(raft: RaftState, m: Message): Result<void, StepError> {
  switch (m.type) {
    case "prop":
      if (raft.leader === NONE || raft.config.disableProposalForwarding === true) {
        return err("proposal-dropped");
      }
      raft.send({ ...m, to: raft.leader });
      return ok(undefined);
    case "app":
    case "heartbeat":
    case "snap":
      raft.electionElapsed = 0;
      raft.leader = m.from;
      hearLeader(raft, m);
      return ok(undefined);
    case "transfer-leader":
    case "read-index":
      if (raft.leader !== NONE) raft.send({ ...m, to: raft.leader });
      return ok(undefined);
    case "forget-leader":
      if (raft.config.readOnlyOption !== "lease-based") raft.leader = NONE;
      return ok(undefined);
    case "timeout-now":
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

function hearLeader(raft: RaftState, m: Message): void {
  if (m.type === "app") handleAppend(raft, m);
  else if (m.type === "heartbeat") handleHeartbeat(raft, m);
  else handleSnapshot(raft, m);
}

export function stepCandidate(raft: RaftState, m: Message): Result<void, StepError> {
  const answer = raft.state === "pre-candidate" ? "pre-vote-resp" : "vote-resp";
  switch (m.type) {
    case "prop":
      return err("proposal-dropped");
    case "app":
    case "heartbeat":
    case "snap":
      // Someone of our term won (§5.2).
      raft.becomeFollower(m.term, m.from);
      hearLeader(raft, m);
      return ok(undefined);
    case answer:
      onVote(raft, m);
      return ok(undefined);
    default:
      return ok(undefined);
  }
}

function onVote(raft: RaftState, m: Message): void {
  switch (poll(raft, m.from, !m.reject)) {
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
