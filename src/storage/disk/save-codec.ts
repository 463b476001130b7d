// What one frame of the log holds: a save. Format 1 is fixed; another one gets another leading
// byte, which is never zero (see `frame.ts`).

import type { Entry, EntryKind, HardState } from "../../raft/types.ts";
import { ByteReader, type ByteWriter, MalformedError } from "../../std/bytes.ts";
import { type Index, index, nodeId, term } from "../../std/ids.ts";
import type { Save } from "../port.ts";
import { otherFormat } from "./known-format.ts";

const FORMAT = 1;
export const KINDS: readonly EntryKind[] = ["normal", "conf-change", "conf-change-v2"];

/**
 * A snapshot is a file of its own. The log says by a mark when it took the place of what was before
 * it: until then the file is nothing.
 */
export interface Mark {
  readonly snapshotAt: Index;
  /**
   * The first save before the mark that still counts, for its entries behind the snapshot;
   * undefined: none does, what stands before the mark is nothing from then on.
   */
  readonly keptFrom: number | undefined;
}

export interface LoggedSave extends Pick<Save, "hardState" | "entries"> {
  readonly mark?: Mark | undefined;
}

export function writeSave(writer: ByteWriter, { hardState, entries, mark }: LoggedSave): void {
  writer.u8(FORMAT).bool(hardState !== undefined);
  if (hardState !== undefined) writeHardState(writer, hardState);
  writeMark(writer, mark);
  writer.uint(entries.length);
  for (const { term: ofTerm, index: at, kind, data } of entries) {
    writer.uint(ofTerm).uint(at).u8(KINDS.indexOf(kind)).bytes(data);
  }
}

/** Entries hold views of `bytes`. @throws MalformedError, RaftoralError `version-mismatch` */
export function decodeSave(bytes: Uint8Array): LoggedSave {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw otherFormat("a save of the log", format, FORMAT);
  const hardState = reader.bool() ? readHardState(reader) : undefined;
  const mark = readMark(reader);
  const entries: Entry[] = [];
  for (let left = reader.uint(); left > 0; left--) entries.push(readEntry(reader));
  reader.end();
  return { hardState, entries, mark };
}

const UNMARKED = 0;
const REPLACED = 1;
const CUT = 2;

export function writeMark(writer: ByteWriter, mark: Mark | undefined): void {
  if (mark === undefined) writer.u8(UNMARKED);
  else if (mark.keptFrom === undefined) writer.u8(REPLACED).uint(mark.snapshotAt);
  else writer.u8(CUT).uint(mark.snapshotAt).uint(mark.keptFrom);
}

/** @throws MalformedError */
export function readMark(reader: ByteReader): Mark | undefined {
  const kind = reader.u8();
  if (kind === UNMARKED) return;
  if (kind > CUT) throw new MalformedError(`unknown mark ${kind}`);
  const snapshotAt = index(reader.uint());
  return { snapshotAt, keptFrom: kind === CUT ? reader.uint() : undefined };
}

function readEntry(reader: ByteReader): Entry {
  const ofTerm = term(reader.uint());
  const at = index(reader.uint());
  const kind = KINDS[reader.u8()];
  if (kind === undefined) throw new MalformedError("unknown kind of entry");
  return { term: ofTerm, index: at, kind, data: reader.bytes() };
}

export function writeHardState(writer: ByteWriter, hardState: HardState): void {
  writer.uint(hardState.term).uint(hardState.vote).uint(hardState.commit);
}

export function readHardState(reader: ByteReader): HardState {
  return {
    term: term(reader.uint()),
    vote: nodeId(reader.uint()),
    commit: index(reader.uint()),
  };
}
