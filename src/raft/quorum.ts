// Majorities, and pairs of majorities while a configuration changes (thesis §4.3).

import { type Index, index, type NodeId } from "../std/ids.ts";

export type VoteResult = "won" | "lost" | "pending";

/** Outgoing is empty but in a joint configuration, where both halves must agree. */
export interface JointConfig {
  readonly incoming: ReadonlySet<NodeId>;
  readonly outgoing: ReadonlySet<NodeId>;
}

/** The highest index that a majority acknowledged. A voter absent from `acked` counts as 0. */
export function committedIndex(
  voters: ReadonlySet<NodeId>,
  acked: (id: NodeId) => Index | undefined,
): Index {
  if (voters.size === 0) return index(Number.POSITIVE_INFINITY);
  // At every acknowledgement, and of a handful: inserted in order, the highest first.
  const sorted: number[] = [];
  for (const id of voters) {
    const own = acked(id) ?? 0;
    let at = sorted.length;
    while (at > 0 && (sorted[at - 1] ?? 0) < own) at--;
    sorted.splice(at, 0, own);
  }
  return index(sorted[Math.floor(voters.size / 2)] ?? 0);
}

export function jointCommittedIndex(
  config: JointConfig,
  acked: (id: NodeId) => Index | undefined,
): Index {
  const incoming = committedIndex(config.incoming, acked);
  const outgoing = committedIndex(config.outgoing, acked);
  return incoming < outgoing ? incoming : outgoing;
}

/** An empty half has nothing against it: it wins. */
export function voteResult(
  voters: ReadonlySet<NodeId>,
  votes: ReadonlyMap<NodeId, boolean>,
): VoteResult {
  let granted = 0;
  let missing = 0;
  for (const id of voters) {
    const vote = votes.get(id);
    if (vote === undefined) missing++;
    else if (vote) granted++;
  }
  const needed = Math.floor(voters.size / 2) + 1;
  if (voters.size === 0 || granted >= needed) return "won";
  return granted + missing >= needed ? "pending" : "lost";
}

export function jointVoteResult(
  config: JointConfig,
  votes: ReadonlyMap<NodeId, boolean>,
): VoteResult {
  const incoming = voteResult(config.incoming, votes);
  const outgoing = voteResult(config.outgoing, votes);
  if (incoming === outgoing) return incoming;
  if (incoming === "lost" || outgoing === "lost") return "lost";
  return "pending";
}
