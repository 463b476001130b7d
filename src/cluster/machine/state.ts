// Which nodes the cluster has and had. Only `apply` writes it.

import type { NodeId } from "../../std/ids.ts";

export interface Topology {
  /** Undefined until the cluster was founded. */
  clusterUuid: string | undefined;
  /** Every node that was ever admitted, in the order of ids: what is gone stays known as gone. */
  readonly nodes: Map<NodeId, TopologyNode>;
  /** Index: the node that a nonce was admitted as. */
  readonly byNonce: Map<string, NodeId>;
}

export interface TopologyNode {
  readonly id: NodeId;
  readonly name: string;
  readonly nonce: string;
  status: NodeStatus;
}

export type NodeStatus =
  | { readonly kind: "member" }
  | { readonly kind: "removed" }
  /** A process with another data directory took its name. */
  | { readonly kind: "replaced"; readonly by: NodeId };

export const createTopology = (): Topology => ({
  clusterUuid: undefined,
  nodes: new Map(),
  byNonce: new Map(),
});

/** The member of this name; there is at most one. */
export function memberNamed(topology: Topology, name: string): TopologyNode | undefined {
  for (const node of topology.nodes.values()) {
    if (node.status.kind === "member" && node.name === name) return node;
  }
  return;
}
