// The byte form of a process's request to be let into a cluster, and of the answer (DESIGN §8).

import { ByteReader, ByteWriter, MalformedError } from "../std/bytes.ts";
import { type NodeId, nodeId } from "../std/ids.ts";

const FORMAT = 1;

export interface JoinRequest {
  /** The cluster's configured name: a node of another one is refused. */
  readonly cluster: string;
  readonly name: string;
  /** Random per data directory: asking twice with the same one gives the same id. */
  readonly nonce: string;
}

export interface Address {
  readonly id: NodeId;
  readonly name: string;
}

export type JoinReply =
  | {
      readonly kind: "admitted";
      readonly clusterUuid: string;
      readonly id: NodeId;
      readonly members: readonly Address[];
    }
  /** Ask this one: it leads. */
  | { readonly kind: "redirect"; readonly leader: string }
  /** Ask again later: no leader is known, or the group is busy. */
  | { readonly kind: "later"; readonly why: string }
  | { readonly kind: "refused"; readonly why: string };

export function encodeJoinRequest(request: JoinRequest): Uint8Array {
  return new ByteWriter()
    .u8(FORMAT)
    .text(request.cluster)
    .text(request.name)
    .text(request.nonce)
    .finish();
}

/** @throws MalformedError */
export function decodeJoinRequest(bytes: Uint8Array): JoinRequest {
  const reader = open(bytes);
  const request = { cluster: reader.text(), name: reader.text(), nonce: reader.text() };
  reader.end();
  return request;
}

export function encodeJoinReply(reply: JoinReply): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT);
  switch (reply.kind) {
    case "admitted":
      writer.u8(0).text(reply.clusterUuid).uint(reply.id).uint(reply.members.length);
      for (const member of reply.members) writer.uint(member.id).text(member.name);
      break;
    case "redirect":
      writer.u8(1).text(reply.leader);
      break;
    case "later":
      writer.u8(2).text(reply.why);
      break;
    case "refused":
      writer.u8(3).text(reply.why);
      break;
  }
  return writer.finish();
}

/** @throws MalformedError */
export function decodeJoinReply(bytes: Uint8Array): JoinReply {
  const reader = open(bytes);
  const reply = readReply(reader);
  reader.end();
  return reply;
}

function readReply(reader: ByteReader): JoinReply {
  const kind = reader.u8();
  if (kind === 0) {
    const clusterUuid = reader.text();
    const id = nodeId(reader.uint());
    const members: Address[] = [];
    for (let left = reader.uint(); left > 0; left--) {
      members.push({ id: nodeId(reader.uint()), name: reader.text() });
    }
    return { kind: "admitted", clusterUuid, id, members };
  }
  if (kind === 1) return { kind: "redirect", leader: reader.text() };
  if (kind === 2) return { kind: "later", why: reader.text() };
  if (kind === 3) return { kind: "refused", why: reader.text() };
  throw new MalformedError(`unknown join reply ${kind}`);
}

function open(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw new MalformedError(`join format ${format}, known is ${FORMAT}`);
  return reader;
}
