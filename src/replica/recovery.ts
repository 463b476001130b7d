// After the loss of a majority: what makes a log that of a group with one member, written behind
// all that the log has, as if that majority had committed it.
//
// What this member had and does not know to be committed is kept: some of it may have been
// acknowledged. What it never had is lost; only whoever asks for this can answer for it.

import { decodeConfChange, encodeConfChange } from "../raft/codec.ts";
import { type ChangeContext, type ConfChange, change, restore } from "../raft/conf-change.ts";
import { Inflights } from "../raft/inflights.ts";
import type { TrackerConfig } from "../raft/tracker.ts";
import type { Entry } from "../raft/types.ts";
import { assert } from "../std/assert.ts";
import { utf8 } from "../std/bytes.ts";
import { index, type NodeId, term } from "../std/ids.ts";
import type { LogStore, Save } from "../storage/port.ts";
import { EntryWriter } from "./entry-codec.ts";

export interface Recovery {
  readonly save: Save;
  /** Who was a member, but this one. */
  readonly others: readonly NodeId[];
  /** Entries that it had and did not know to be committed. */
  readonly unconfirmed: number;
}

/** The log must be whole. `commands`: what the machine is told of it, in this order. */
export function recovery(
  store: Pick<LogStore, "initialState" | "firstIndex" | "lastIndex" | "entries">,
  self: NodeId,
  { commands, stampMs }: { readonly commands: readonly Uint8Array[]; readonly stampMs: number },
): Recovery {
  const { hardState } = store.initialState();
  const config = configOf(store);
  const ofTerm = term(hardState.term + 1);
  const others = everybody(config).filter((id) => id !== self);
  const changes = changesTo(self, others, config);
  const writer = new EntryWriter();
  const origin = utf8(`recovery-${ofTerm}`);
  const data: Pick<Entry, "kind" | "data">[] = [
    ...changes.map((cc) => ({ kind: "conf-change-v2" as const, data: encodeConfChange(cc) })),
    ...commands.map((command, i) => ({
      kind: "normal" as const,
      data: writer.write(stampMs, origin, { sequence: i + 1, command }),
    })),
  ];
  const last = store.lastIndex();
  const entries = data.map((one, i) => ({ ...one, term: ofTerm, index: index(last + 1 + i) }));
  const commit = index(last + entries.length);
  return {
    save: { hardState: { term: ofTerm, vote: self, commit }, entries },
    others,
    unconfirmed: last - Math.min(last, hardState.commit),
  };
}

/** One at a time, so that no joint configuration waits for those who are gone. */
function changesTo(
  self: NodeId,
  others: readonly NodeId[],
  { incoming, outgoing }: TrackerConfig,
): readonly ConfChange[] {
  const one = (kind: "add-voter" | "remove", id: NodeId): ConfChange => ({
    transition: "auto",
    changes: [{ kind, id }],
  });
  return [
    ...(outgoing.size > 0 ? [{ transition: "auto" as const, changes: [] }] : []),
    ...(incoming.has(self) ? [] : [one("add-voter", self)]),
    ...others.map((id) => one("remove", id)),
  ];
}

function everybody({ incoming, learners, learnersNext, outgoing }: TrackerConfig): NodeId[] {
  return [...new Set([...incoming, ...outgoing, ...learners, ...learnersNext])];
}

/** The configuration at the end of the log, whether it is committed or not. */
function configOf(
  store: Pick<LogStore, "initialState" | "firstIndex" | "lastIndex" | "entries">,
): TrackerConfig {
  const { confState } = store.initialState();
  const lastIndex = store.lastIndex();
  const context: Pick<ChangeContext, "lastIndex" | "newInflights"> = {
    lastIndex,
    newInflights: () => new Inflights(1, 0),
  };
  let found = restore(confState, context);
  for (let at: number = store.firstIndex(); at <= lastIndex; at++) {
    const read = store.entries(index(at), index(at + 1), 0);
    const entry = read.ok ? read.value[0] : undefined;
    assert(entry !== undefined, "a log that is recovered is whole");
    if (entry.kind === "normal") continue;
    const changed = change({ ...found, ...context }, decodeConfChange(entry.data));
    assert(changed.ok, "a log holds changes that fit each other");
    found = changed.value;
  }
  return found.config;
}
