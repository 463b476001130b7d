// All that a segment's bytes tell: the frames that are whole, and how many are missing where.

import { HEADER_BYTES, readHeader } from "./frame.ts";
import { type FoundFrame, type ScanStart, scan } from "./scan.ts";
import { readSegmentHeader, startOf } from "./segment.ts";

export interface SegmentContent {
  readonly frames: readonly FoundFrame[];
  /** Not of each: a segment whose header rotted says neither. */
  readonly chainBefore: number | undefined;
  readonly size: number;
  /** Where the next frame would be written, its number, and what it would be chained to. */
  readonly end: number;
  readonly sequence: number;
  readonly chain: number;
  /** What is behind `end`: zeros, a frame that never was complete, or nobody knows. */
  readonly tail: "clean" | "torn" | "unknown";
}

/** `expected`: what its name and the segment before it say. */
export function readSegment(
  bytes: Uint8Array,
  expected: { readonly sequence: number; readonly chain: number | undefined },
): SegmentContent {
  const header = readSegmentHeader(bytes);
  const isWhole = header !== undefined && header.sequence === expected.sequence;
  const size = isWhole ? header.size : bytes.length;
  const start = isWhole ? startOf(header) : startWithout(bytes, expected);
  const chainBefore = isWhole ? header.chain : undefined;
  return { ...readFrom(bytes, start, size), chainBefore, size };
}

/** Its first frame says what it is chained to. */
function startWithout(
  bytes: Uint8Array,
  { sequence, chain }: { readonly sequence: number; readonly chain: number | undefined },
): ScanStart {
  const first = readHeader(bytes, HEADER_BYTES);
  const own = first?.sequence === sequence ? first.chain : 0;
  return { at: HEADER_BYTES, sequence, chain: chain ?? own };
}

/** From a place in a segment on, over what is damaged to what is whole behind it. */
export function readFrom(
  bytes: Uint8Array,
  start: ScanStart,
  size: number,
): Omit<SegmentContent, "chainBefore" | "size"> {
  const frames: FoundFrame[] = [];
  let next = start;
  for (;;) {
    const found = scan(bytes, next, size);
    for (const frame of found.frames) frames.push(frame);
    const { end, sequence, chain, verdict } = found;
    const rest = { frames, end, sequence, chain };
    if (verdict.kind !== "rotten") return { ...rest, tail: verdict.kind };
    const behind = verdict.next === undefined ? undefined : readHeader(bytes, verdict.next);
    if (verdict.next === undefined || behind === undefined) {
      return { ...rest, tail: "unknown" };
    }
    next = { at: verdict.next, sequence: behind.sequence, chain: behind.chain };
  }
}
