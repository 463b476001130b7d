// The topology machine: who is in the cluster, under which id.
// I1. ids are 1, 2, 3 … in the order of admission, and none is ever given twice.
// I2. one nonce has one id; one name has at most one member.
// Total and deterministic like the workflow machine: refusals are answers.

import { assert, unreachable } from "../../std/assert.ts";
import { type NodeId, nodeId } from "../../std/ids.ts";
import type { Admit, Found, Recover, Remove, TopologyCommand, TopologyReply } from "./command.ts";
import { memberNamed, type Topology } from "./state.ts";

export function apply(topology: Topology, command: TopologyCommand): TopologyReply {
  switch (command.kind) {
    case "found":
      return found(topology, command);
    case "admit":
      return admit(topology, command);
    case "remove":
      return remove(topology, command);
    case "recover":
      return recover(topology, command);
    default:
      return unreachable(command);
  }
}

function found(topology: Topology, command: Found): TopologyReply {
  if (topology.clusterUuid === undefined) {
    topology.clusterUuid = command.clusterUuid;
    return give(topology, command, command.clusterUuid);
  }
  if (topology.clusterUuid !== command.clusterUuid) {
    return refused("founded-by-another", "the cluster was founded by another node: join it");
  }
  return admit(topology, { kind: "admit", name: command.name, nonce: command.nonce });
}

function admit(topology: Topology, command: Admit): TopologyReply {
  const { clusterUuid } = topology;
  if (clusterUuid === undefined) return refused("not-founded", "there is no cluster yet");
  const known = topology.byNonce.get(command.nonce);
  if (known === undefined) return give(topology, command, clusterUuid);
  // A removed node's late or repeated request must not bring it back: Raft never sees an id twice.
  if (topology.nodes.get(known)?.status.kind !== "member") {
    return refused("no-member-any-more", `node ${known} was removed: wipe its data to join anew`);
  }
  return { kind: "member", node: known, clusterUuid };
}

function give(
  topology: Topology,
  { name, nonce }: Pick<Admit, "name" | "nonce">,
  clusterUuid: string,
): TopologyReply {
  // Every node ever admitted stays in `nodes`, so its size is the highest id given (I1).
  const id = nodeId(topology.nodes.size + 1);
  assert(!topology.nodes.has(id), "a node id is never given twice");
  const before = memberNamed(topology, name);
  if (before !== undefined) before.status = { kind: "replaced", by: id };
  topology.nodes.set(id, { id, name, nonce, status: { kind: "member" } });
  topology.byNonce.set(nonce, id);
  return { kind: "member", node: id, clusterUuid };
}

function remove(topology: Topology, command: Remove): TopologyReply {
  const node = topology.nodes.get(command.node);
  if (node === undefined) return unknown(command.node);
  if (node.status.kind === "member") node.status = { kind: "removed" };
  return { kind: "removed" };
}

function recover(topology: Topology, { clusterUuid, node }: Recover): TopologyReply {
  if (!topology.nodes.has(node)) return unknown(node);
  topology.clusterUuid = clusterUuid;
  for (const other of topology.nodes.values()) {
    if (other.id !== node && other.status.kind === "member") other.status = { kind: "removed" };
  }
  return { kind: "member", node, clusterUuid };
}

const unknown = (node: NodeId): TopologyReply =>
  refused("unknown-node", `no node ever had the id ${node}`);

const refused = (
  reason: Extract<TopologyReply, { kind: "refused" }>["reason"],
  why: string,
): TopologyReply => ({ kind: "refused", reason, why });
