// The whole log as its files tell it. Reads only: what to do about damage is for others to decide.
//
// I1. `saves` are in order, and none is left out but those that `lost` names.
// I2. A save whose frame rotted is there by its outline, where a register has that.
// I3. What stands before the last mark of a snapshot is nothing, whole or not, but for what that
//     mark says is kept.

import type { Entry } from "../../raft/types.ts";
import { MalformedError } from "../../std/bytes.ts";
import type { FileSystem } from "./file-system.ts";
import { decodeOutline, type Outline } from "./outline-codec.ts";
import { readFrom, readSegment, type SegmentContent } from "./read-segment.ts";
import { isRegister, readRegister } from "./register.ts";
import { decodeSave, type LoggedSave, type Mark } from "./save-codec.ts";
import { isSegment, sequenceOf } from "./segment.ts";
import { following, type Stray, straysIn } from "./stray.ts";

export type FoundSave = { readonly sequence: number } & (
  | { readonly kind: "whole"; readonly save: LoggedSave }
  | { readonly kind: "outlined"; readonly outline: Outline }
);

/** Saves of which nothing is left, by number; `to` is the first behind them, undefined: unknown. */
export interface Gap {
  readonly from: number;
  readonly to: number | undefined;
}

export interface FoundSegment {
  readonly name: string;
  readonly sequence: number;
  readonly content: SegmentContent;
}

export interface FoundLog {
  readonly segments: readonly FoundSegment[];
  /** From where the last mark of a snapshot says on, or from the start. */
  readonly saves: readonly FoundSave[];
  readonly lost: readonly Gap[];
  /** Something that is still read is not what was written, whether it matters or not. */
  readonly isDamaged: boolean;
  /** Numbers of the saves whose outline is kept. */
  readonly registered: ReadonlySet<number>;
  /** Where the last segment goes on; undefined: there is none. */
  readonly tail: Omit<SegmentContent, "frames" | "chainBefore"> | undefined;
}

/** Files of the log that are no segments: a frame may have gone there. */
const OTHERS = /^(\d{16}\.(reg|snap)|spare\.tmp|vote)$/;

/** @throws FileError, RaftoralError `version-mismatch` */
export async function readLog(fs: FileSystem, directory: string): Promise<FoundLog> {
  const names = await fs.list(directory);
  const outlines = new Map<number, Outline>();
  let strays: readonly Stray[] = [];
  for (const name of names.filter((one) => OTHERS.test(one))) {
    const bytes = await bytesOf(fs, `${directory}/${name}`);
    strays = strays.concat(straysIn(bytes));
    for (const [sequence, payload] of isRegister(name) ? readRegister(bytes) : []) {
      const outline = outlineIn(payload);
      if (outline !== undefined) outlines.set(sequence, outline);
    }
  }
  const segments: FoundSegment[] = [];
  let last = new Uint8Array();
  let inLast: readonly Stray[] = [];
  const inOrder = names.filter(isSegment);
  for (const [i, name] of inOrder.entries()) {
    last = await bytesOf(fs, `${directory}/${name}`);
    const sequence = sequenceOf(name);
    const before = segments.at(-1)?.content;
    const chain = before?.sequence === sequence ? before.chain : undefined;
    const content = readSegment(last, { sequence, chain });
    segments.push({ name, sequence, content });
    strays = strays.concat(inLast);
    inLast = straysIn(last, placesIn(content, inOrder[i + 1]));
  }
  const tail = tailOf(segments.at(-1), last, outlines);
  // What stands where the next frame would is judged there: a tear, or rot.
  strays = strays.concat(inLast.filter(({ at }) => at !== tail?.end));
  return concluded(segments, outlines, withStrays(tail, strays));
}

/** Where its own frames begin: a later one may be found there too. */
function placesIn({ frames }: SegmentContent, next: string | undefined): ReadonlySet<number> {
  const end = next === undefined ? Number.POSITIVE_INFINITY : sequenceOf(next);
  return new Set(frames.filter(({ sequence }) => sequence < end).map(({ at }) => at));
}

/** The end of the log; `strays`: its last frames that lie elsewhere. */
interface End {
  readonly tail: FoundLog["tail"];
  readonly strays: readonly Stray[];
}

function withStrays(tail: FoundLog["tail"], all: readonly Stray[]): End {
  const strays = tail === undefined || tail.tail === "unknown" ? [] : following(all, tail);
  const last = strays.at(-1);
  if (tail === undefined || last === undefined) return { tail, strays: [] };
  // It may have been complete.
  if (last.payload === undefined) {
    return { tail: { ...tail, sequence: last.sequence, tail: "unknown" }, strays };
  }
  return { tail: { ...tail, sequence: last.sequence + 1, chain: last.checksum }, strays };
}

async function bytesOf(fs: FileSystem, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = await fs.open(path);
  try {
    return new Uint8Array(await file.read(0, await file.size()));
  } finally {
    await file.close();
  }
}

function outlineIn(payload: Uint8Array): Outline | undefined {
  try {
    return decodeOutline(payload);
  } catch (error) {
    if (error instanceof MalformedError) return;
    throw error;
  }
}

/** Frames at the end that were complete, as the register knows, are no torn tail. */
function tailOf(
  segment: FoundSegment | undefined,
  bytes: Uint8Array,
  outlines: Outlines,
): FoundLog["tail"] {
  if (segment === undefined) return;
  const { content } = segment;
  let last = 0;
  for (const sequence of outlines.keys()) last = Math.max(last, sequence);
  const outline = outlines.get(last);
  if (outline === undefined || last < content.sequence - 1) return content;
  // A frame that was found before its place is one that the disk wrote to the wrong one.
  const isMoved = last >= segment.sequence && outline.end > content.end;
  if (last < content.sequence && !isMoved) return content;
  const isElsewhere = outline.end > content.size || outline.end < content.end;
  if (isElsewhere) return { ...content, sequence: last + 1, tail: "unknown" };
  const start = { at: outline.end, sequence: last + 1, chain: outline.checksum };
  return { ...readFrom(bytes, start, content.size), size: content.size };
}

type Outlines = ReadonlyMap<number, Outline>;
type Segments = readonly FoundSegment[];

function concluded(segments: Segments, outlines: Outlines, { strays, tail }: End): FoundLog {
  const { all, missing, registered } = collected(segments, outlines, { strays, tail });
  const marked = all.findLast((found) => markOf(found) !== undefined);
  const from = (marked && (markOf(marked)?.keptFrom ?? marked.sequence)) ?? 1;
  const saves = all.filter(({ sequence }) => sequence >= from);
  const gaps = gapsOf(missing.filter((sequence) => sequence >= from));
  const lost = [
    ...lostBefore(segments, from),
    ...gaps,
    ...foreign(segments).filter((gap) => gap.from > from),
    ...lostBehind(outlines, tail),
  ];
  const isOutlined = saves.some(({ kind }) => kind === "outlined");
  const isDamaged = segments.some((one) => one.sequence >= from && isDamagedSegment(one));
  return {
    segments,
    saves,
    lost,
    isDamaged: lost.length > 0 || isOutlined || isDamaged || strays.length > 0,
    registered,
    tail,
  };
}

/** What is there of each save before the end. */
function collected(
  segments: Segments,
  outlines: Outlines,
  { strays, tail }: End,
): {
  readonly all: readonly FoundSave[];
  readonly missing: readonly number[];
  readonly registered: ReadonlySet<number>;
} {
  const whole = new Map<number, LoggedSave>();
  for (const { content } of segments) {
    for (const { sequence, payload } of content.frames) whole.set(sequence, decodeSave(payload));
  }
  for (const { sequence, payload } of strays) {
    if (payload !== undefined) whole.set(sequence, decodeSave(payload));
  }
  const end = tail?.sequence ?? 1;
  const all: FoundSave[] = [];
  const missing: number[] = [];
  for (let sequence = segments[0]?.sequence ?? 1; sequence < end; sequence++) {
    const save = whole.get(sequence);
    const outline = outlines.get(sequence);
    if (save !== undefined) all.push({ kind: "whole", sequence, save });
    else if (outline !== undefined) all.push({ kind: "outlined", sequence, outline });
    else missing.push(sequence);
  }
  return { all, missing, registered: new Set(outlines.keys()) };
}

/** From where the log is read, the frames must be there. */
function lostBefore(segments: Segments, from: number): readonly Gap[] {
  const first = segments[0]?.sequence ?? 1;
  return first > from ? [{ from, to: first }] : [];
}

function lostBehind(outlines: Outlines, tail: FoundLog["tail"]): readonly Gap[] {
  const isGone = tail === undefined ? outlines.size > 0 : tail.tail === "unknown";
  return isGone ? [{ from: tail?.sequence ?? 1, to: undefined }] : [];
}

export const markOf = (found: FoundSave): Mark | undefined =>
  found.kind === "whole" ? found.save.mark : found.outline.mark;

/** Index and term of each of its entries. */
export const placesOf = (found: FoundSave): readonly Pick<Entry, "index" | "term">[] =>
  found.kind === "whole" ? found.save.entries : found.outline.entries;

function gapsOf(missing: readonly number[]): Gap[] {
  const gaps: Gap[] = [];
  for (const sequence of missing) {
    const last = gaps.at(-1);
    if (last?.to === sequence) gaps[gaps.length - 1] = { from: last.from, to: sequence + 1 };
    else gaps.push({ from: sequence, to: sequence + 1 });
  }
  return gaps;
}

/** Segments that do not go on from the one before them: files of two logs were mixed. */
function foreign(segments: Segments): readonly Gap[] {
  return segments.slice(1).flatMap(({ sequence, content }, i) => {
    const before = segments[i]?.content;
    const isNext = before !== undefined && before.sequence === sequence;
    const isKnown = isNext && before.tail !== "unknown" && content.chainBefore !== undefined;
    const isForeign = isKnown && content.chainBefore !== before.chain;
    return isForeign ? [{ from: sequence, to: undefined }] : [];
  });
}

const isDamagedSegment = ({ content }: FoundSegment): boolean =>
  content.chainBefore === undefined || content.tail === "unknown";
