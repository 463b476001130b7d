// Entries and logs by their terms alone: `entries(4, 1, 1, 2)` are those at 4, 5 and 6.

import { RaftLog } from "../../../src/raft/log.ts";
import type { Entry, Snapshot } from "../../../src/raft/types.ts";
import { index, term } from "../../../src/std/ids.ts";
import { createMemoryLogStore, MemoryDisk } from "../../../src/storage/memory.ts";
import { confState } from "./members-room.ts";

export const entryAt = (at: number, inTerm: number, bytes = 0): Entry => ({
  index: index(at),
  term: term(inTerm),
  kind: "normal",
  data: new Uint8Array(bytes),
});

export const entries = (from: number, ...terms: readonly number[]): Entry[] =>
  terms.map((inTerm, i) => entryAt(from + i, inTerm));

/** `4@1 5@2`: places and terms. */
export const written = (some: readonly Entry[]): string =>
  some.map((one) => `${one.index}@${one.term}`).join(" ");

export const snapshotAt = (at: number, inTerm: number): Snapshot => ({
  index: index(at),
  term: term(inTerm),
  confState: confState({ voters: [1] }),
  data: new Uint8Array(0),
});

export interface LogWorld {
  readonly log: RaftLog;
  readonly disk: MemoryDisk;
  /** What is not durable yet becomes so. */
  write(): void;
}

/** A log behind `base`, the first of its entries durable. */
export function logWorld(options: {
  readonly base?: Snapshot;
  readonly stable?: readonly Entry[];
  readonly unstable?: readonly Entry[];
  readonly maxApplyingBytes?: number;
}): LogWorld {
  const disk = new MemoryDisk();
  disk.begin({ snapshot: options.base, entries: options.stable ?? [] });
  disk.sync();
  const storage = createMemoryLogStore({ disk });
  const log = new RaftLog(storage, options.maxApplyingBytes ?? Number.POSITIVE_INFINITY);
  log.append(options.unstable ?? []);
  return {
    log,
    disk,
    write() {
      const { unstable } = log;
      const [some, snapshot] = [unstable.nextEntries(), unstable.nextSnapshot];
      unstable.acceptInProgress();
      disk.begin({ entries: some, snapshot });
      disk.sync();
      const last = some.at(-1);
      if (last !== undefined) unstable.stableTo(last.index, last.term);
      if (snapshot !== undefined) unstable.stableSnapTo(snapshot.index);
    },
  };
}

/** All that `log` holds. */
export function all(log: RaftLog): readonly Entry[] {
  const found = log.entries(log.firstIndex, Number.POSITIVE_INFINITY);
  if (!found.ok) throw new Error(found.error);
  return found.value;
}
