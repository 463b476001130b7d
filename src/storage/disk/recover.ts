// From what the files tell to what the node knew: the state, the entries, and which of them are
// known but not there.

import type { Entry, Snapshot } from "../../raft/types.ts";
import type { Index } from "../../std/ids.ts";
import { MemoryDisk } from "../memory.ts";
import type { Save } from "../port.ts";
import { type EntryOutline, faultyEntry } from "./outline-codec.ts";
import { type FoundLog, type FoundSave, snapshotOf } from "./read-log.ts";
import type { LoggedSave } from "./save-codec.ts";

/** `readSnapshot` gives the body of the one that the log speaks of. */
export async function recover(
  log: FoundLog,
  readSnapshot: (at: Index) => Promise<Snapshot>,
): Promise<MemoryDisk> {
  const view = new MemoryDisk();
  for (const found of log.saves) {
    const at = snapshotOf(found);
    // 0: the log was begun anew without one.
    const snapshot = at === undefined || at === 0 ? undefined : await readSnapshot(at);
    const { hardState, entries } = found.kind === "whole" ? found.save : withoutBytes(found);
    perform(view, { hardState, entries, snapshot });
    if (found.kind !== "outlined") continue;
    for (const outline of found.outline.entries) view.lose(faultyEntry(outline));
  }
  return view;
}

function withoutBytes(found: FoundSave & { readonly kind: "outlined" }): LoggedSave {
  const { hardState, entries, snapshotAt } = found.outline;
  return { hardState, snapshotAt, entries: entries.map(placeOf) };
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
