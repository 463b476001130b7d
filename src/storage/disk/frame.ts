// One save as bytes in a segment: a header that vouches for itself,
// then the payload that it vouches for.
//
//    0  magic            u32, another one for records of a register: a disk that writes to a wrong
//                        place makes no frame out of one
//    4  payload length   u32
//    8  sequence         u64, the number of the save
//   16  chain            u32, checksum of the frame before
//   20  payload checksum u32, begun from the chain
//   24  mask             u32, a byte that each byte of the payload is written XOR with
//   28  header checksum  u32, of the 28 bytes before
//
// Frames begin at multiples of 32, so that no header crosses a sector: a disk writes it whole or
// not at all. A payload never begins with zero, so that no frame is all zeros behind its header.

import { crc32 } from "node:zlib";
import { assert } from "../../std/assert.ts";
import { ByteWriter } from "../../std/bytes.ts";

export const HEADER_BYTES = 32;
/** What a disk writes whole or not at all. */
export const SECTOR_BYTES = 512;
export const FRAME_MAGIC = 0x31544652;
const MAGIC: Readonly<Record<FrameKind, number>> = { frame: FRAME_MAGIC, record: 0x31474552 };
const TWO_32 = 0x1_0000_0000;

export type FrameKind = "frame" | "record";

export interface FrameHeader {
  readonly length: number;
  readonly sequence: number;
  readonly chain: number;
  readonly checksum: number;
  readonly mask: number;
}

export const aligned = (at: number): number => Math.ceil(at / HEADER_BYTES) * HEADER_BYTES;

/** How much room a payload takes, padding included. */
export const frameBytes = (payloadLength: number): number => aligned(HEADER_BYTES + payloadLength);

/** A frame but for its header: room for that, the payload, and the padding behind it. */
export interface Draft {
  readonly bytes: Uint8Array;
  readonly payloadLength: number;
}

export interface SealPlace {
  readonly at: number;
  readonly sequence: number;
  readonly chain: number;
  /** Default: frame. */
  readonly kind?: FrameKind;
}

const ROOM = new Uint8Array(HEADER_BYTES);

/** It lies in the writer's own room, and is good until that is written to again. */
export function draftFrame(writer: ByteWriter, write: (payload: ByteWriter) => void): Draft {
  write(writer.reset().raw(ROOM));
  const payloadLength = writer.length - HEADER_BYTES;
  writer.raw(ROOM.subarray(0, frameBytes(payloadLength) - writer.length));
  return { bytes: writer.written, payloadLength };
}

/** In place, once. What the next frame is chained to. */
export function sealFrame({ bytes, payloadLength }: Draft, place: SealPlace): number {
  assert(place.at % HEADER_BYTES === 0, "a frame begins at its alignment");
  const mask = maskFor(bytes, place.at);
  if (mask !== 0) for (let i = HEADER_BYTES; i < bytes.length; i++) bytes[i] = at0(bytes, i) ^ mask;
  const written = bytes.subarray(HEADER_BYTES, HEADER_BYTES + payloadLength);
  const checksum = crc32(written, place.chain);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint32(0, MAGIC[place.kind ?? "frame"], true);
  view.setUint32(4, payloadLength, true);
  view.setUint32(8, place.sequence % TWO_32, true);
  view.setUint32(12, Math.floor(place.sequence / TWO_32), true);
  view.setUint32(16, place.chain, true);
  view.setUint32(20, checksum, true);
  view.setUint32(24, mask, true);
  view.setUint32(28, crc32(bytes.subarray(0, 28)), true);
  return checksum;
}

/** A frame of its own. */
export function encodeFrame(
  payload: Uint8Array,
  place: SealPlace,
): { readonly bytes: Uint8Array; readonly checksum: number } {
  const draft = draftFrame(new ByteWriter(), (to) => to.raw(payload));
  return { checksum: sealFrame(draft, place), bytes: draft.bytes };
}

const at0 = (bytes: Uint8Array, i: number): number => bytes[i] ?? 0;

/** A byte that no sector of the frame consists of: XOR with it leaves none all zeros. */
function maskFor(frame: Uint8Array, at: number): number {
  if (!hasZeroSector(frame, at)) return 0;
  const constant = new Set<number>();
  for (const [from, to] of sectorsOf(frame, at)) {
    const first = at0(frame, from);
    if (isAll(frame, from, to, first)) constant.add(first);
  }
  let mask = 0;
  while (constant.has(mask)) mask++;
  assert(mask < 256, "some byte is no sector's only one");
  return mask;
}

/** undefined: this is no header of such a one. */
export function readHeader(
  bytes: Uint8Array,
  at: number,
  kind: FrameKind = "frame",
): FrameHeader | undefined {
  if (at + HEADER_BYTES > bytes.length) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  if (view.getUint32(0, true) !== MAGIC[kind]) return;
  if (view.getUint32(28, true) !== crc32(bytes.subarray(at, at + 28))) return;
  return {
    length: view.getUint32(4, true),
    sequence: view.getUint32(8, true) + view.getUint32(12, true) * TWO_32,
    chain: view.getUint32(16, true),
    checksum: view.getUint32(20, true),
    mask: view.getUint32(24, true) & 0xff,
  };
}

/** The payload of the frame at `at`; undefined: it is not what its header vouches for. */
export function readPayload(
  bytes: Uint8Array,
  at: number,
  { length, checksum, chain, mask }: FrameHeader,
): Uint8Array | undefined {
  const from = at + HEADER_BYTES;
  if (from + length > bytes.length) return;
  const written = bytes.subarray(from, from + length);
  if (crc32(written, chain) !== checksum) return;
  return mask === 0 ? written : written.map((byte) => byte ^ mask);
}

/** Is one of the sectors that the frame reaches into, as far as it does, all zeros? */
export function hasZeroSector(frame: Uint8Array, at: number): boolean {
  for (let from = sectorBehind(at); from < frame.length; from += SECTOR_BYTES) {
    if (isZero(frame, from, Math.min(frame.length, from + SECTOR_BYTES))) return true;
  }
  return false;
}

/** Where, in a frame at `at`, the second sector begins that it reaches into. */
const sectorBehind = (at: number): number => SECTOR_BYTES - (at % SECTOR_BYTES);

/** From and to of each sector's part of the frame, the header's own part left out. */
function sectorsOf(frame: Uint8Array, at: number): readonly (readonly [number, number])[] {
  const parts: [number, number][] = [];
  for (let from = sectorBehind(at); from < frame.length; from += SECTOR_BYTES) {
    parts.push([from, Math.min(frame.length, from + SECTOR_BYTES)]);
  }
  return parts;
}

const isAll = (bytes: Uint8Array, from: number, to: number, value: number): boolean => {
  for (let i = from; i < to; i++) if (bytes[i] !== value) return false;
  return true;
};

export const isZero = (bytes: Uint8Array, from: number, to: number): boolean =>
  isAll(bytes, from, to, 0);
