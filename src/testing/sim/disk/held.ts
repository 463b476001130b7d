// What a store holds, as far as the laws go, and what the laws' own copy of it becomes.

import type { Entry } from "../../../raft/types.ts";
import { index } from "../../../std/ids.ts";
import type { LogStore } from "../../../storage/port.ts";

export interface Held {
  readonly term: number;
  readonly vote: number;
  readonly commit: number;
  readonly snapshotAt: number;
  readonly log: readonly Entry[];
}

export const BLANK: Held = { term: 0, vote: 0, commit: 0, snapshotAt: 0, log: [] };

export const shown = ({ log, ...rest }: Held): string =>
  JSON.stringify({ ...rest, log: log.map(named) });

const named = ({ index: at, term: ofTerm, data }: Entry): string =>
  `${at}@${ofTerm}:${data.length}:${data[0] ?? ""}`;

export function heldBy(store: LogStore): Held {
  const { hardState } = store.initialState();
  const [first, last] = [store.firstIndex(), store.lastIndex()];
  const read = store.entries(first, index(last + 1), Number.POSITIVE_INFINITY);
  const log = last >= first && read.ok ? read.value : [];
  const { term: ofTerm, vote, commit } = hardState;
  return { term: ofTerm, vote, commit, snapshotAt: first - 1, log };
}
