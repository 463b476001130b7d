// The byte forms of asking a peer for what rotted here, and of its answer.

import { readEntry, readSnapshot, writeEntry, writeSnapshot } from "../raft/codec.ts";
import type { Entry, Snapshot } from "../raft/types.ts";
import { ByteReader, ByteWriter, MalformedError } from "../std/bytes.ts";
import { type Index, index, type Term, term } from "../std/ids.ts";

const FORMAT = 2;

/** What an entry is, wherever it is: no two differ that share both (Raft §5.3, log matching). */
export interface EntryPlace {
  readonly index: Index;
  readonly term: Term;
}

export interface Wanted {
  readonly places: readonly EntryPlace[];
  /** A snapshot of this place or a later one: none that is left here is whole. */
  readonly stateAt: Index | undefined;
}

export interface Found {
  /** Of who answers, and whether it leads in it. */
  readonly term: Term;
  readonly isLeader: boolean;
  readonly entries: readonly Entry[];
  /** The first asked-for place that its log has not, or has otherwise. */
  readonly absentFrom: Index | undefined;
  /** Whose body it has, and which stands for what of it was asked for and is gone from its log. */
  readonly snapshot: Snapshot | undefined;
}

export function encodeWanted({ places, stateAt }: Wanted): Uint8Array {
  const writer = new ByteWriter()
    .u8(FORMAT)
    .uint(stateAt ?? 0)
    .uint(places.length);
  for (const { index: at, term: ofTerm } of places) writer.uint(at).uint(ofTerm);
  return writer.finish();
}

/** @throws MalformedError */
export function decodeWanted(bytes: Uint8Array): Wanted {
  const reader = opened(bytes);
  const stateAt = placeOrNone(reader.uint());
  const places: EntryPlace[] = [];
  for (let left = reader.uint(); left > 0; left--) {
    places.push({ index: index(reader.uint()), term: term(reader.uint()) });
  }
  reader.end();
  return { places, stateAt };
}

export function encodeFound(found: Found): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT).uint(found.term).bool(found.isLeader);
  writer.uint(found.absentFrom ?? 0).uint(found.entries.length);
  for (const entry of found.entries) writeEntry(writer, entry);
  writer.bool(found.snapshot !== undefined);
  if (found.snapshot !== undefined) writeSnapshot(writer, found.snapshot);
  return writer.finish();
}

/** @throws MalformedError */
export function decodeFound(bytes: Uint8Array): Found {
  const reader = opened(bytes);
  const [ofTerm, isLeader] = [term(reader.uint()), reader.bool()];
  const absentFrom = placeOrNone(reader.uint());
  const entries: Entry[] = [];
  for (let left = reader.uint(); left > 0; left--) entries.push(readEntry(reader));
  const snapshot = reader.bool() ? readSnapshot(reader) : undefined;
  reader.end();
  return { term: ofTerm, isLeader, entries, absentFrom, snapshot };
}

const placeOrNone = (at: number): Index | undefined => (at === 0 ? undefined : index(at));

function opened(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw new MalformedError(`mend format ${format}, known is ${FORMAT}`);
  return reader;
}
