// The byte forms of what processes ask each other about membership, and of answers (DESIGN §8).

import { ByteReader, ByteWriter, MalformedError } from "../std/bytes.ts";
import { type NodeId, nodeId } from "../std/ids.ts";

const FORMAT = 2;

/** A process asks to be let in. */
export interface JoinRequest {
  readonly kind: "join";
  /** The cluster's configured name: a node of another one is refused. */
  readonly cluster: string;
  readonly name: string;
  /** Random per data directory: asking twice with the same one gives the same id. */
  readonly nonce: string;
  /** The feature level of its build. */
  readonly level: number;
  /** Codec and types of its values: those of the members, or it could not read them. */
  readonly valueTerms: string;
}

/** The first of the `expect`ed asks the others to let it found (SEMANTICS 26). */
export interface FollowRequest {
  readonly kind: "follow";
  readonly cluster: string;
  readonly founder: string;
  readonly nonce: string;
  readonly expect: readonly string[];
  readonly valueTerms: string;
}

/** An operator, by way of any member: hand leadership to this node. */
export interface TransferRequest {
  readonly kind: "transfer";
  readonly to: string;
}

export type MemberRequest = JoinRequest | FollowRequest | TransferRequest;

export interface Address {
  readonly id: NodeId;
  readonly name: string;
}

export type MemberReply =
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
  | { readonly kind: "refused"; readonly why: string }
  /** The build of who asks must be of this level at least. */
  | { readonly kind: "too-old"; readonly needed: number }
  /** Codec or types of who asks are not those of the members. */
  | { readonly kind: "other-values"; readonly valueTerms: string }
  /** Blank, and bound to the founder that asked. */
  | { readonly kind: "following" }
  | { readonly kind: "done" }
  /** No member of anything yet: it looks for a cluster itself. */
  | { readonly kind: "blank" };

/** By their number on the wire: appended to, never reordered. */
const REQUESTS: readonly MemberRequest["kind"][] = ["join", "follow", "transfer"];
const REPLIES: readonly MemberReply["kind"][] = [
  "admitted",
  "redirect",
  "later",
  "refused",
  "too-old",
  "following",
  "done",
  "blank",
  "other-values",
];

export function encodeMemberRequest(request: MemberRequest): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT).u8(REQUESTS.indexOf(request.kind));
  switch (request.kind) {
    case "join":
      writer.text(request.cluster).text(request.name).text(request.nonce).uint(request.level);
      writer.text(request.valueTerms);
      break;
    case "follow":
      writer.text(request.cluster).text(request.founder).text(request.nonce);
      writer.uint(request.expect.length);
      for (const name of request.expect) writer.text(name);
      writer.text(request.valueTerms);
      break;
    case "transfer":
      writer.text(request.to);
      break;
  }
  return writer.finish();
}

/** @throws MalformedError */
export function decodeMemberRequest(bytes: Uint8Array): MemberRequest {
  const reader = open(bytes);
  const request = readRequest(reader);
  reader.end();
  return request;
}

function readRequest(reader: ByteReader): MemberRequest {
  const number = reader.u8();
  const kind = REQUESTS[number];
  switch (kind) {
    case "join":
      return {
        kind,
        cluster: reader.text(),
        name: reader.text(),
        nonce: reader.text(),
        level: reader.uint(),
        valueTerms: reader.text(),
      };
    case "follow":
      return {
        kind,
        cluster: reader.text(),
        founder: reader.text(),
        nonce: reader.text(),
        expect: readList(reader, (from) => from.text()),
        valueTerms: reader.text(),
      };
    case "transfer":
      return { kind, to: reader.text() };
    default:
      throw new MalformedError(`unknown request of a member ${number}`);
  }
}

export function encodeMemberReply(reply: MemberReply): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT).u8(REPLIES.indexOf(reply.kind));
  switch (reply.kind) {
    case "admitted":
      writer.text(reply.clusterUuid).uint(reply.id).uint(reply.members.length);
      for (const member of reply.members) writer.uint(member.id).text(member.name);
      break;
    case "redirect":
      writer.text(reply.leader);
      break;
    case "later":
    case "refused":
      writer.text(reply.why);
      break;
    case "too-old":
      writer.uint(reply.needed);
      break;
    case "other-values":
      writer.text(reply.valueTerms);
      break;
    case "following":
    case "done":
    case "blank":
      break;
  }
  return writer.finish();
}

/** @throws MalformedError */
export function decodeMemberReply(bytes: Uint8Array): MemberReply {
  const reader = open(bytes);
  const reply = readReply(reader);
  reader.end();
  return reply;
}

function readReply(reader: ByteReader): MemberReply {
  const number = reader.u8();
  const kind = REPLIES[number];
  switch (kind) {
    case "admitted":
      return {
        kind,
        clusterUuid: reader.text(),
        id: nodeId(reader.uint()),
        members: readList(reader, (from) => ({ id: nodeId(from.uint()), name: from.text() })),
      };
    case "redirect":
      return { kind, leader: reader.text() };
    case "later":
    case "refused":
      return { kind, why: reader.text() };
    case "too-old":
      return { kind, needed: reader.uint() };
    case "other-values":
      return { kind, valueTerms: reader.text() };
    case "following":
    case "done":
    case "blank":
      return { kind };
    default:
      throw new MalformedError(`unknown reply of a member ${number}`);
  }
}

function readList<T>(reader: ByteReader, readOne: (from: ByteReader) => T): readonly T[] {
  const all: T[] = [];
  for (let left = reader.uint(); left > 0; left--) all.push(readOne(reader));
  return all;
}

function open(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw new MalformedError(`join format ${format}, known is ${FORMAT}`);
  return reader;
}
