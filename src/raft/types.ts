// The nouns of Raft, as data. Nothing here does anything.

import type { Index, NodeId, Term } from "../std/ids.ts";

export type EntryKind = "normal" | "conf-change" | "conf-change-v2";

export interface Entry {
  readonly term: Term;
  readonly index: Index;
  readonly kind: EntryKind;
  readonly data: Uint8Array;
}

/**
 * What must be durable before any message that depends on it leaves
 * (Raft Fig. 2, "persistent state").
 */
export interface HardState {
  readonly term: Term;
  readonly vote: NodeId;
  readonly commit: Index;
}

export type StateName = "follower" | "pre-candidate" | "candidate" | "leader";

/** Volatile; for those who route proposals. */
export interface SoftState {
  readonly leader: NodeId;
  readonly state: StateName;
}

/** A configuration as the log and snapshots carry it. */
export interface ConfState {
  readonly voters: readonly NodeId[];
  readonly votersOutgoing: readonly NodeId[];
  readonly learners: readonly NodeId[];
  readonly learnersNext: readonly NodeId[];
  readonly autoLeave: boolean;
}

export interface SnapshotMetadata {
  readonly index: Index;
  readonly term: Term;
  readonly confState: ConfState;
}

export interface Snapshot extends SnapshotMetadata {
  readonly data: Uint8Array;
}

/** A snapshot of nothing: index 0. */
export const EMPTY_CONF_STATE: ConfState = {
  voters: [],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};
