// What a group's leader does next so that Raft's configuration follows the topology: one change at
// a time, each decided anew from what is applied. Pure; asking twice is harmless.

import type { Index, NodeId } from "../std/ids.ts";
import type { Topology, TopologyNode } from "./machine/state.ts";

export type MembershipAction =
  | { readonly kind: "add-learner"; readonly node: NodeId }
  | { readonly kind: "promote"; readonly node: NodeId }
  | { readonly kind: "remove"; readonly node: NodeId };

export interface MembershipView {
  readonly topology: Topology;
  /** The leader that asks. */
  readonly self: NodeId;
  readonly voters: ReadonlySet<NodeId>;
  readonly learners: ReadonlySet<NodeId>;
  /** A change of the configuration is under way. */
  readonly isChanging: boolean;
  /** What the leader knows of each node's log. */
  readonly progress: ReadonlyMap<NodeId, LogProgress>;
  /** The last index of the leader's log. */
  readonly last: Index;
}

export interface LogProgress {
  readonly match: Index;
  /** Heard of recently. */
  readonly isActive: boolean;
}

export interface MembershipOptions {
  /** A learner this close to the log's end is promoted. */
  readonly promoteLagMax: number;
  /** Voters at the most; who is more stays a learner, a spare. */
  readonly votersMax: number;
}

export const membershipOptions: MembershipOptions = { promoteLagMax: 128, votersMax: 5 };

/**
 * The next step, or none. First who is gone goes: it counts against the quorum. Then learners that
 * caught up become voters, and last new members become learners, so that no voter begins with an
 * empty log.
 */
export function nextMembershipAction(
  view: MembershipView,
  options: MembershipOptions = membershipOptions,
): MembershipAction | undefined {
  if (view.isChanging || view.topology.clusterUuid === undefined) return;
  const nodes = [...view.topology.nodes.values()].sort((a, b) => a.id - b.id);
  return remove(view, nodes) ?? promote(view, nodes, options) ?? addLearner(view, nodes);
}

const isMember = (node: TopologyNode): boolean => node.status.kind === "member";
const action = (
  kind: MembershipAction["kind"],
  node: TopologyNode | undefined,
): MembershipAction | undefined => (node === undefined ? undefined : { kind, node: node.id });

/** A node unknown to the topology is left alone: this leader's topology may be behind. */
function remove(
  { self, voters, learners }: MembershipView,
  nodes: readonly TopologyNode[],
): MembershipAction | undefined {
  const gone = nodes.filter(
    ({ id, status }) => status.kind !== "member" && (voters.has(id) || learners.has(id)),
  );
  // The leader itself goes last, and nobody while it is the only voter: then somebody must be
  // promoted first.
  const next = gone.find(({ id }) => id !== self) ?? gone[0];
  const isOnlyVoter = next !== undefined && voters.has(next.id) && voters.size === 1;
  return isOnlyVoter ? undefined : action("remove", next);
}

function promote(
  view: MembershipView,
  nodes: readonly TopologyNode[],
  options: MembershipOptions,
): MembershipAction | undefined {
  if (view.voters.size >= options.votersMax) return;
  return action(
    "promote",
    nodes.find((node) => isMember(node) && isReadyToVote(view, node.id, options)),
  );
}

function isReadyToVote(
  { learners, progress, last }: MembershipView,
  id: NodeId,
  options: MembershipOptions,
): boolean {
  const known = progress.get(id);
  // A dead learner would raise the quorum and never count towards it; one that has acknowledged
  // nothing may not have heard which id it was given, and then no vote of it can ever come.
  const isAlive = known?.isActive === true && known.match > 0;
  return learners.has(id) && isAlive && last - known.match <= options.promoteLagMax;
}

/**
 * The dead voter whose place a spare can take: one at a time, and only while the voters that live
 * are a majority, since the removal must be agreed on.
 */
export function voterToReplace(
  view: MembershipView,
  /** Voters that are dead for as long as it takes. */
  dead: ReadonlySet<NodeId>,
  options: MembershipOptions = membershipOptions,
): NodeId | undefined {
  const members = [...view.topology.nodes.values()].filter(isMember);
  const isSettled = members.every(({ id }) => view.voters.has(id) || view.learners.has(id));
  const spare = members.find(({ id }) => isReadyToVote(view, id, options));
  const gone = members.filter(({ id }) => view.voters.has(id) && dead.has(id));
  const alive = view.voters.size - gone.length;
  if (view.isChanging || !isSettled || spare === undefined || alive * 2 <= view.voters.size) return;
  return gone.map(({ id }) => id).sort((a, b) => a - b)[0];
}

function addLearner(
  { voters, learners }: MembershipView,
  nodes: readonly TopologyNode[],
): MembershipAction | undefined {
  return action(
    "add-learner",
    nodes.find((node) => isMember(node) && !voters.has(node.id) && !learners.has(node.id)),
  );
}
