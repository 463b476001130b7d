// What a segment holds after a crash, decided from its bytes alone.
//
// A torn tail is a save that never came to its end: nobody was told of it, and it is cut. Rot is a
// save that was complete and is not any more: it must never be taken for one that was not there
// (PAR, FAST '18). They are told apart by what a disk can do: it writes a sector whole or not at
// all, into zeros.

import {
  aligned,
  FRAME_MAGIC,
  type FrameHeader,
  frameBytes,
  HEADER_BYTES,
  hasZeroSector,
  isZero,
  readHeader,
  readPayload,
} from "./frame.ts";

export interface FoundFrame {
  readonly at: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
  /** Where it ends, and what the next one is chained to. */
  readonly end: number;
  readonly checksum: number;
}

export interface ScanStart {
  /** Where the first frame begins. */
  readonly at: number;
  /** Its number, and the checksum that it is chained to. */
  readonly sequence: number;
  readonly chain: number;
}

export type Verdict =
  /** Zeros from `end` on. */
  | { readonly kind: "clean" }
  /** What follows `end` was never complete, and is to be zeroed. */
  | { readonly kind: "torn" }
  /** What follows `end` was complete once. `next`: the first frame behind it that is whole. */
  | { readonly kind: "rotten"; readonly next: number | undefined };

export interface Scan {
  readonly frames: readonly FoundFrame[];
  /** Where the last whole frame ends. */
  readonly end: number;
  /** What the next frame is chained to, and its number. */
  readonly chain: number;
  readonly sequence: number;
  readonly verdict: Verdict;
}

/** `size`: how long the segment was made; a shorter one has lost its end. */
export function scan(bytes: Uint8Array, start: ScanStart, size: number): Scan {
  const frames: FoundFrame[] = [];
  let { at, chain, sequence } = start;
  for (;;) {
    const header = readHeader(bytes, at);
    const isNext = header?.sequence === sequence && header.chain === chain;
    const payload = isNext ? readPayload(bytes, at, header) : undefined;
    if (!isNext || payload === undefined) break;
    const end = at + frameBytes(payload.length);
    frames.push({ at, sequence, payload, end, checksum: header.checksum });
    at = end;
    chain = header.checksum;
    sequence++;
  }
  const judged = judge(bytes, at, sequence);
  const isCut = bytes.length < size && judged.kind !== "rotten";
  const verdict: Verdict = isCut ? { kind: "rotten", next: undefined } : judged;
  return { frames, end: at, chain, sequence, verdict };
}

function judge(bytes: Uint8Array, at: number, sequence: number): Verdict {
  if (isZero(bytes, at, bytes.length)) return { kind: "clean" };
  const next = nextWhole(bytes, at, sequence);
  if (next !== undefined) return { kind: "rotten", next };
  return { kind: isTorn(bytes, at, sequence) ? "torn" : "rotten", next: undefined };
}

/**
 * A save behind it was begun only when this one was durable: so it was whole. The first by number:
 * a later one may lie before it, where a disk wrote it to the wrong place.
 */
function nextWhole(bytes: Uint8Array, after: number, sequence: number): number | undefined {
  let found: { readonly at: number; readonly sequence: number } | undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = aligned(after + 1); at + HEADER_BYTES <= bytes.length; at += HEADER_BYTES) {
    if (view.getUint32(at, true) !== FRAME_MAGIC) continue;
    const header = readHeader(bytes, at);
    if (header === undefined || header.sequence <= sequence) continue;
    if (header.sequence >= (found?.sequence ?? Number.POSITIVE_INFINITY)) continue;
    if (readPayload(bytes, at, header) !== undefined) found = { at, sequence: header.sequence };
  }
  return found?.at;
}

function isTorn(bytes: Uint8Array, at: number, sequence: number): boolean {
  const behind = at + HEADER_BYTES;
  // Its first sector was not written. Rot does not make zeros of a whole header.
  if (isZero(bytes, at, Math.min(behind, bytes.length))) return true;
  const header = readHeader(bytes, at);
  // A header is written whole. A few flipped bits in what was never used hide no save.
  if (header === undefined) return isZero(bytes, behind, bytes.length);
  // One of before, which a disk wrote to the wrong place, and nothing over it since.
  if (header.sequence < sequence) return true;
  return lacksSector(bytes, at, header);
}

function lacksSector(bytes: Uint8Array, at: number, header: FrameHeader): boolean {
  const end = at + frameBytes(header.length);
  if (end > bytes.length) return false;
  return hasZeroSector(bytes.subarray(at, end), at);
}
