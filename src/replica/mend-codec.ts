// The byte forms of asking a peer for entries that rotted here, and of its answer.

import { readEntry, writeEntry } from "../raft/codec.ts";
import type { Entry } from "../raft/types.ts";
import { ByteReader, ByteWriter, MalformedError } from "../std/bytes.ts";
import { type Index, index, type Term, term } from "../std/ids.ts";

const FORMAT = 1;

/** What an entry is, wherever it is: no two differ that share both (Raft §5.3, log matching). */
export interface EntryPlace {
  readonly index: Index;
  readonly term: Term;
}

export interface Found {
  /** Of who answers, and whether it leads in it. */
  readonly term: Term;
  readonly isLeader: boolean;
  readonly entries: readonly Entry[];
  /** The first asked-for place that its log has not, or has otherwise. */
  readonly absentFrom: Index | undefined;
}

export function encodeWanted(places: readonly EntryPlace[]): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT).uint(places.length);
  for (const { index: at, term: ofTerm } of places) writer.uint(at).uint(ofTerm);
  return writer.finish();
}

/** @throws MalformedError */
export function decodeWanted(bytes: Uint8Array): readonly EntryPlace[] {
  const reader = opened(bytes);
  const places: EntryPlace[] = [];
  for (let left = reader.uint(); left > 0; left--) {
    places.push({ index: index(reader.uint()), term: term(reader.uint()) });
  }
  reader.end();
  return places;
}

export function encodeFound(found: Found): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT).uint(found.term).bool(found.isLeader);
  writer.uint(found.absentFrom ?? 0).uint(found.entries.length);
  for (const entry of found.entries) writeEntry(writer, entry);
  return writer.finish();
}

/** @throws MalformedError */
export function decodeFound(bytes: Uint8Array): Found {
  const reader = opened(bytes);
  const [ofTerm, isLeader, absent] = [term(reader.uint()), reader.bool(), reader.uint()];
  const entries: Entry[] = [];
  for (let left = reader.uint(); left > 0; left--) entries.push(readEntry(reader));
  reader.end();
  const absentFrom = absent === 0 ? undefined : index(absent);
  return { term: ofTerm, isLeader, entries, absentFrom };
}

function opened(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw new MalformedError(`mend format ${format}, known is ${FORMAT}`);
  return reader;
}
