// The byte forms of a replica's own frames: an entry of the log, and proposals on their way to the
// leader. What is inside a command is the machine's business.

import { ByteReader, ByteWriter, MalformedError, utf8 } from "../std/bytes.ts";
import { nodeId } from "../std/ids.ts";
import type { Address } from "./options.ts";

const ENTRY_FORMAT = 1;
const FORWARD_FORMAT = 1;

/** What a frame adds to its command, at most: format, stamp, origin of up to 64 bytes, lengths. */
export const FRAME_OVERHEAD_BYTES = 128;

/** A command under the name of the process that proposed it: the same on every retry. */
export interface Proposal {
  readonly sequence: number;
  readonly command: Uint8Array;
}

export interface EntryFrame {
  /** The leader's wall clock when it took the proposal. */
  readonly stampMs: number;
  /** UTF-8; compared as bytes, since a replica only asks whether it is its own. */
  readonly origin: Uint8Array;
  readonly sequence: number;
  /** A view of the entry. */
  readonly command: Uint8Array;
}

/** Writes entries; one per replica, since it reuses its buffer. */
export class EntryWriter {
  readonly #writer = new ByteWriter();

  write(stampMs: number, origin: Uint8Array, proposal: Proposal): Uint8Array {
    return this.#writer
      .reset()
      .u8(ENTRY_FORMAT)
      .uint(stampMs)
      .bytes(origin)
      .uint(proposal.sequence)
      .bytes(proposal.command)
      .finish();
  }
}

/** @throws MalformedError */
export function decodeEntry(bytes: Uint8Array): EntryFrame {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== ENTRY_FORMAT)
    throw new MalformedError(`entry format ${format}, known is ${ENTRY_FORMAT}`);
  const stampMs = reader.uint();
  const origin = reader.bytes();
  const sequence = reader.uint();
  const command = reader.bytes();
  reader.end();
  return { stampMs, origin, sequence, command };
}

export interface Forward {
  readonly origin: string;
  readonly proposals: readonly Proposal[];
}

export function encodeForward(forward: Forward): Uint8Array {
  const writer = new ByteWriter().u8(FORWARD_FORMAT).text(forward.origin);
  writer.uint(forward.proposals.length);
  for (const { sequence, command } of forward.proposals) writer.uint(sequence).bytes(command);
  return writer.finish();
}

/** @throws MalformedError */
export function decodeForward(bytes: Uint8Array): Forward {
  const reader = openForward(bytes);
  const origin = reader.text();
  if (utf8(origin).length > ORIGIN_BYTES_MAX) throw new MalformedError("too long an origin");
  const proposals: Proposal[] = [];
  for (let left = reader.uint(); left > 0; left--) {
    proposals.push({ sequence: reader.uint(), command: reader.bytes() });
  }
  reader.end();
  return { origin, proposals };
}

export const ORIGIN_BYTES_MAX = 64;

/** What a node could not take: the proposer offers it again soon, maybe to another. */
export function encodeRefused(sequences: readonly number[]): Uint8Array {
  const writer = new ByteWriter().u8(FORWARD_FORMAT).uint(sequences.length);
  for (const sequence of sequences) writer.uint(sequence);
  return writer.finish();
}

/** @throws MalformedError */
export function decodeRefused(bytes: Uint8Array): readonly number[] {
  const reader = openForward(bytes);
  const sequences: number[] = [];
  for (let left = reader.uint(); left > 0; left--) sequences.push(reader.uint());
  reader.end();
  return sequences;
}

/** Names a round of reads: with the origin, so that an answer to an earlier life means nothing. */
export function encodeReadContext(origin: string, round: number): Uint8Array {
  return new ByteWriter().text(origin).uint(round).finish();
}

/** The round, if it is one of `origin`. */
export function readRoundOf(context: Uint8Array, origin: string): number | undefined {
  const reader = new ByteReader(context);
  return reader.text() === origin ? reader.uint() : undefined;
}

/** Names of members, for those who learn of them from the log: a conf change's context. */
export function encodeAddresses(addresses: readonly Address[]): Uint8Array {
  const writer = new ByteWriter().uint(addresses.length);
  for (const { id, name } of addresses) writer.uint(id).text(name);
  return writer.finish();
}

/** @throws MalformedError */
export function decodeAddresses(bytes: Uint8Array): readonly Address[] {
  const reader = new ByteReader(bytes);
  const addresses: Address[] = [];
  for (let left = reader.uint(); left > 0; left--) {
    addresses.push({ id: nodeId(reader.uint()), name: reader.text() });
  }
  reader.end();
  return addresses;
}

function openForward(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== FORWARD_FORMAT)
    throw new MalformedError(`forward format ${format}, known is ${FORWARD_FORMAT}`);
  return reader;
}

export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
