// What a replica shows of itself.

import type { Status } from "../raft/raw-node.ts";
import type { ConfState } from "../raft/types.ts";
import { type Index, index, NONE, type NodeId, term } from "../std/ids.ts";
import type {
  Address,
  Members,
  PeerStatus,
  ReplicaRole,
  ReplicaStatus,
  SnapshotStatus,
} from "./options.ts";
import type { Peers } from "./peers.ts";

export interface StatusParts {
  readonly self: Address;
  /** Absent before the core began. */
  readonly core: Status | undefined;
  readonly end: { readonly role: "stopped" | "failed"; readonly reason?: Error } | undefined;
  readonly isMending: boolean;
  readonly isFull: boolean;
  readonly peers: Peers;
  readonly firstIndex: Index;
  readonly snapshot: SnapshotStatus | undefined;
  readonly pending: { readonly size: number; readonly bytes: number };
}

export function statusOf(parts: StatusParts): ReplicaStatus {
  const { self, core, end, isMending, peers, pending } = parts;
  const members = core === undefined ? { voters: [], learners: [] } : membersOf(core.confState);
  const leader = core?.softState.leader ?? NONE;
  return {
    self,
    role: end?.role ?? (isMending ? "mending" : roleOf(self.id, core, members)),
    leader: leader === NONE || end !== undefined ? undefined : leader,
    term: core?.hardState.term ?? term(0),
    commit: core?.hardState.commit ?? index(0),
    applied: core?.applied ?? index(0),
    lastIndex: core?.lastIndex ?? index(0),
    firstIndex: parts.firstIndex,
    snapshot: parts.snapshot,
    ...members,
    pendingProposals: pending.size,
    pendingBytes: pending.bytes,
    isFull: parts.isFull,
    peers: [...members.voters, ...members.learners]
      .filter((id) => id !== self.id)
      .map((id) => peerStatus(id, { core, members, peers })),
    reason: end?.reason,
  };
}

/** In a joint configuration both halves vote. */
export function membersOf(conf: ConfState): Members {
  const voters = [...new Set([...conf.voters, ...conf.votersOutgoing])].sort((a, b) => a - b);
  return { voters, learners: [...conf.learners] };
}

function roleOf(self: NodeId, core: Status | undefined, members: Members): ReplicaRole {
  switch (core?.softState.state) {
    case "leader":
      return "leader";
    case "candidate":
    case "pre-candidate":
      return "candidate";
    default:
      return members.learners.includes(self) ? "learner" : "follower";
  }
}

function peerStatus(
  id: NodeId,
  { core, members, peers }: Pick<StatusParts, "core" | "peers"> & { readonly members: Members },
): PeerStatus {
  const progress = core?.progress.get(id);
  return {
    id,
    name: peers.name(id),
    isVoter: members.voters.includes(id),
    ...peers.signs(id),
    progress: progress === undefined ? undefined : { match: progress.match, next: progress.next },
  };
}
