// What one frame of the log holds: a save. Format 1 is fixed; another one gets another leading
// byte, which is never zero (see `frame.ts`).

import type { Entry, EntryKind, HardState } from "../../raft/types.ts";
import { ByteReader, ByteWriter, MalformedError } from "../../std/bytes.ts";
import { type Index, index, nodeId, term } from "../../std/ids.ts";
import type { Save } from "../port.ts";

const FORMAT = 1;
export const KINDS: readonly EntryKind[] = ["normal", "conf-change", "conf-change-v2"];

/**
 * A snapshot is a file of its own. The log says when it took the place of what was before it: until
 * then the file is nothing, and what stands before that in the log is nothing from then on.
 */
export interface LoggedSave extends Pick<Save, "hardState" | "entries"> {
  readonly snapshotAt?: Index | undefined;
}

export function encodeSave({ hardState, entries, snapshotAt }: LoggedSave): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT).bool(hardState !== undefined);
  if (hardState !== undefined) writeHardState(writer, hardState);
  writer.bool(snapshotAt !== undefined);
  if (snapshotAt !== undefined) writer.uint(snapshotAt);
  writer.uint(entries.length);
  for (const { term: ofTerm, index: at, kind, data } of entries) {
    writer.uint(ofTerm).uint(at).u8(KINDS.indexOf(kind)).bytes(data);
  }
  return writer.finish();
}

/** Entries hold views of `bytes`. @throws MalformedError */
export function decodeSave(bytes: Uint8Array): LoggedSave {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw new MalformedError(`log format ${format}, known is ${FORMAT}`);
  const hardState = reader.bool() ? readHardState(reader) : undefined;
  const snapshotAt = reader.bool() ? index(reader.uint()) : undefined;
  const entries: Entry[] = [];
  for (let left = reader.uint(); left > 0; left--) entries.push(readEntry(reader));
  reader.end();
  return { hardState, entries, snapshotAt };
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
