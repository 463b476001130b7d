// From what the files tell to what the node knew: the state, the entries, and which of them are
// known but not there.

import type { Entry, Snapshot } from "../../raft/types.ts";
import { type Index, index } from "../../std/ids.ts";
import { MemoryDisk } from "../memory.ts";
import type { Save } from "../port.ts";
import { type EntryOutline, faultyEntry } from "./outline-codec.ts";
import { type FoundLog, type FoundSave, markOf } from "./read-log.ts";

/** `readSnapshot` gives the body of the one that the log speaks of. */
export async function recover(
  log: FoundLog,
  readSnapshot: (at: Index) => Promise<Snapshot>,
): Promise<MemoryDisk> {
  const view = new MemoryDisk();
  const mark = log.saves.findLast((found) => markOf(found) !== undefined);
  // 0: the log was begun anew without a snapshot.
  const base = (mark && markOf(mark)?.snapshotAt) ?? index(0);
  if (base > 0) perform(view, { entries: [], snapshot: await readSnapshot(base) });
  for (const found of log.saves) replay(view, found, base);
  return view;
}

/** What lies behind the snapshot; a save within it discards what followed all the same. */
function replay(view: MemoryDisk, found: FoundSave, base: Index): void {
  const { entries, hardState } = found.kind === "whole" ? found.save : withoutBytes(found);
  const [first] = entries;
  const mark = markOf(found);
  const isAnew = mark !== undefined && mark.keptFrom === undefined;
  if (isAnew || (first !== undefined && first.index <= base)) view.discard(index(base + 1));
  const behind = entries.filter((entry) => entry.index > base);
  perform(view, { hardState, entries: behind });
  if (found.kind !== "outlined") return;
  for (const outline of found.outline.entries) {
    if (outline.index > base) view.lose(faultyEntry(outline));
  }
}

function withoutBytes(
  found: FoundSave & { readonly kind: "outlined" },
): Pick<Save, "entries" | "hardState"> {
  const { hardState, entries } = found.outline;
  return { hardState, entries: entries.map(placeOf) };
}

const placeOf = ({ term, index, kind }: EntryOutline): Entry => ({
  term,
  index,
  kind,
  data: new Uint8Array(),
});

export function perform(view: MemoryDisk, save: Save): void {
  view.begin(save);
  view.sync();
}
