// The byte form of topology commands, kept by the log for ever. Its leading byte is none of the
// workflow machine's formats, so one log can carry both without a tag of its own.

import { ByteReader, ByteWriter, MalformedError } from "../../std/bytes.ts";
import { nodeId } from "../../std/ids.ts";
import type { TopologyCommand } from "./command.ts";
import { createTopology, type NodeStatus, type Topology, type TopologyNode } from "./state.ts";

const FORMAT = 0x81;

const FOUND = 0;
const ADMIT = 1;
const REMOVE = 2;
const RECOVER = 3;

export function encodeTopologyCommand(command: TopologyCommand): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT);
  switch (command.kind) {
    case "found":
      writer.u8(FOUND).text(command.clusterUuid).text(command.name).text(command.nonce);
      break;
    case "admit":
      writer.u8(ADMIT).text(command.name).text(command.nonce);
      break;
    case "remove":
      writer.u8(REMOVE).uint(command.node);
      break;
    case "recover":
      writer.u8(RECOVER).text(command.clusterUuid).uint(command.node);
      break;
  }
  return writer.finish();
}

/** @throws MalformedError */
export function decodeTopologyCommand(bytes: Uint8Array): TopologyCommand {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw new MalformedError(`topology format ${format}, known is ${FORMAT}`);
  const command = readBody(reader);
  reader.end();
  return command;
}

function readBody(reader: ByteReader): TopologyCommand {
  const kind = reader.u8();
  switch (kind) {
    case FOUND:
      return {
        kind: "found",
        clusterUuid: reader.text(),
        name: reader.text(),
        nonce: reader.text(),
      };
    case ADMIT:
      return { kind: "admit", name: reader.text(), nonce: reader.text() };
    case REMOVE:
      return { kind: "remove", node: nodeId(reader.uint()) };
    case RECOVER:
      return { kind: "recover", clusterUuid: reader.text(), node: nodeId(reader.uint()) };
    default:
      throw new MalformedError(`unknown topology command ${kind}`);
  }
}

const STATE_FORMAT = 1;
/** The place of a kind is its byte: this list only grows at its end. */
const STATUSES: readonly NodeStatus["kind"][] = ["member", "removed", "replaced"];

/** All that apply reads, for a snapshot. */
export function encodeTopology({ clusterUuid, nodes }: Topology): Uint8Array {
  const writer = new ByteWriter().u8(STATE_FORMAT).bool(clusterUuid !== undefined);
  if (clusterUuid !== undefined) writer.text(clusterUuid);
  writer.uint(nodes.size);
  for (const { id, name, nonce, status } of nodes.values()) {
    writer.uint(id).text(name).text(nonce).u8(STATUSES.indexOf(status.kind));
    if (status.kind === "replaced") writer.uint(status.by);
  }
  return writer.finish();
}

/** Puts what was encoded in the place of what is there. @throws MalformedError */
export function restoreTopology(topology: Topology, bytes: Uint8Array): void {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== STATE_FORMAT) {
    throw new MalformedError(`topology format ${format}, known is ${STATE_FORMAT}`);
  }
  const restored = createTopology();
  restored.clusterUuid = reader.bool() ? reader.text() : undefined;
  for (let left = reader.uint(); left > 0; left--) {
    const node = readNode(reader);
    restored.nodes.set(node.id, node);
    restored.byNonce.set(node.nonce, node.id);
  }
  reader.end();
  Object.assign(topology, restored);
}

function readNode(reader: ByteReader): TopologyNode {
  const [id, name, nonce] = [nodeId(reader.uint()), reader.text(), reader.text()];
  const kind = STATUSES[reader.u8()];
  if (kind === undefined) throw new MalformedError("unknown status of a node");
  const status: NodeStatus = kind === "replaced" ? { kind, by: nodeId(reader.uint()) } : { kind };
  return { id, name, nonce, status };
}
