// What a peer is told whose log rotted: entries that this member has, running or itself not whole.

import type { RawNode } from "../raft/raw-node.ts";
import type { Entry, Snapshot } from "../raft/types.ts";
import { type Index, index } from "../std/ids.ts";
import type { LogStore } from "../storage/port.ts";
import type { EntryPlace, Found, Wanted } from "./mend-codec.ts";

export interface Lender {
  readonly store: LogStore;
  /** undefined: it does not run yet. */
  readonly core: Pick<RawNode, "basicStatus" | "termAt"> | undefined;
  /** The newest whose body is here. */
  readonly snapshot: Snapshot | undefined;
  /** What one answer may hold. */
  readonly maxBytes: number;
}

export function lend({ places, stateAt }: Wanted, lender: Lender): Found {
  const { core, maxBytes, store } = lender;
  const status = core?.basicStatus();
  const isLeader = status?.softState.state === "leader";
  const entries: Entry[] = [];
  let absentFrom: Index | undefined;
  let bytes = 0;
  for (const place of places) {
    if (isLeader && core !== undefined && lacks(core, place)) absentFrom ??= place.index;
    const entry = entryAt(store, place);
    if (entry === undefined) continue;
    bytes += entry.data.length + ENTRY_OVERHEAD_BYTES;
    if (bytes > maxBytes && entries.length > 0) break;
    entries.push(entry);
  }
  const { term } = status?.hardState ?? store.initialState().hardState;
  const isGone = places.some(({ index: at }) => at < store.firstIndex());
  const needed = stateAt ?? (isGone ? Math.min(...places.map(({ index: at }) => at)) : undefined);
  const newest = lender.snapshot;
  const isOne = newest !== undefined && needed !== undefined && newest.index >= needed;
  return { term, isLeader, entries, absentFrom, snapshot: isOne ? newest : undefined };
}

const ENTRY_OVERHEAD_BYTES = 32;

/** What was compacted is committed: whether it is this one, only a snapshot could tell. */
function lacks(core: Pick<RawNode, "termAt">, place: EntryPlace): boolean {
  const found = core.termAt(place.index);
  return found.ok ? found.value !== place.term : found.error === "unavailable";
}

function entryAt(store: LogStore, place: EntryPlace): Entry | undefined {
  const found = store.term(place.index);
  if (!found.ok || found.value !== place.term) return;
  const read = store.entries(place.index, index(place.index + 1), Number.POSITIVE_INFINITY);
  return read.ok ? read.value[0] : undefined;
}
