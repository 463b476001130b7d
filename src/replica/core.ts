import { RawNode } from "../raft/raw-node.ts";
import type { Storage } from "../raft/storage.ts";
import type { Index } from "../std/ids.ts";
import type { ReplicaLimits, ReplicaOptions } from "./options.ts";

/** The consensus core as a replica runs it: on what the storage holds, applied up to a snapshot. */
export function createCore(
  { below, self }: Pick<ReplicaOptions<unknown, never>, "below" | "self">,
  limits: ReplicaLimits,
  { applied, storage }: { readonly applied: Index; readonly storage: Storage },
): RawNode {
  return new RawNode({
    id: self.id,
    storage,
    ...(applied > 0 ? { applied } : {}),
    electionTicks: limits.electionTicks,
    heartbeatTicks: limits.heartbeatTicks,
    asyncStorageWrites: true,
    maxSizePerMsg: limits.appendBytes,
    maxCommittedSizePerReady: limits.applyBytes,
    maxUncommittedEntriesSize: limits.uncommittedBytes,
    maxInflightMsgs: limits.inflightMessages,
    // One that comes back, or is half cut off, does not disturb a leader that works
    // (thesis §9.6, §6.2).
    checkQuorum: true,
    preVote: true,
    // The gateway forwards, since whoever leads must stamp.
    disableProposalForwarding: true,
    stepDownOnRemoval: true,
    shareCommitInVotes: true,
    randomInt: below,
  });
}
