// A save without its bytes: what is kept a second time, so that a frame that rots is known for what
// it was. An entry is the same wherever its index and term are; the checksum is for its bytes.

import { crc32 } from "node:zlib";
import type { Entry } from "../../raft/types.ts";
import { ByteReader, ByteWriter, MalformedError } from "../../std/bytes.ts";
import { index, term } from "../../std/ids.ts";
import type { FaultyEntry } from "../port.ts";
import { otherFormat } from "./known-format.ts";
import {
  KINDS,
  type LoggedSave,
  readHardState,
  readMark,
  writeHardState,
  writeMark,
} from "./save-codec.ts";

const FORMAT = 1;

export interface EntryOutline extends Pick<Entry, "term" | "index" | "kind"> {
  readonly bytes: number;
  readonly checksum: number;
}

export interface Outline extends Pick<LoggedSave, "hardState" | "mark"> {
  /** Where the save's frame ends in its segment, and what the next one is chained to. */
  readonly end: number;
  readonly checksum: number;
  readonly entries: readonly EntryOutline[];
}

export interface FramePlace {
  readonly end: number;
  readonly checksum: number;
}

export function outlineOf(save: LoggedSave, { end, checksum }: FramePlace): Outline {
  const { entries, hardState, mark } = save;
  return { end, checksum, hardState, mark, entries: entries.map(entryOutline) };
}

const entryOutline = ({ term: ofTerm, index: at, kind, data }: Entry): EntryOutline => ({
  term: ofTerm,
  index: at,
  kind,
  bytes: data.length,
  checksum: crc32(data),
});

export function faultyEntry(outline: EntryOutline): FaultyEntry {
  const { term: ofTerm, index: at, kind, bytes, checksum } = outline;
  return {
    index: at,
    term: ofTerm,
    isConfChange: kind !== "normal",
    accepts: (entry) =>
      entry.index === at &&
      entry.term === ofTerm &&
      entry.kind === kind &&
      entry.data.length === bytes &&
      crc32(entry.data) === checksum,
  };
}

export function encodeOutline(outline: Outline): Uint8Array {
  const { end, checksum, hardState, mark, entries } = outline;
  const writer = new ByteWriter().u8(FORMAT).uint(end).uint(checksum);
  writer.bool(hardState !== undefined);
  if (hardState !== undefined) writeHardState(writer, hardState);
  writeMark(writer, mark);
  writer.uint(entries.length);
  for (const { term: ofTerm, index: at, kind, bytes, checksum: ofData } of entries) {
    writer.uint(ofTerm).uint(at).u8(KINDS.indexOf(kind)).uint(bytes).uint(ofData);
  }
  return writer.finish();
}

/** @throws MalformedError, RaftoralError `version-mismatch` */
export function decodeOutline(payload: Uint8Array): Outline {
  const reader = new ByteReader(payload);
  const format = reader.u8();
  if (format !== FORMAT) throw otherFormat("a register of the log", format, FORMAT);
  const [end, checksum] = [reader.uint(), reader.uint()];
  const hardState = reader.bool() ? readHardState(reader) : undefined;
  const mark = readMark(reader);
  const entries: EntryOutline[] = [];
  for (let left = reader.uint(); left > 0; left--) entries.push(readEntryOutline(reader));
  reader.end();
  return { end, checksum, hardState, mark, entries };
}

function readEntryOutline(reader: ByteReader): EntryOutline {
  const ofTerm = term(reader.uint());
  const at = index(reader.uint());
  const kind = KINDS[reader.u8()];
  if (kind === undefined) throw new MalformedError("unknown kind of entry");
  return { term: ofTerm, index: at, kind, bytes: reader.uint(), checksum: reader.uint() };
}
