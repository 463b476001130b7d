// What the management group's log can ask about topology, and what it answers. Each command is
// idempotent by the nonce that the asking process keeps with its data (rule 25).

import type { NodeId } from "../../std/ids.ts";

/** Makes the cluster; the first one wins, and its founder gets the first id (SEMANTICS 26). */
export interface Found {
  readonly kind: "found";
  readonly clusterUuid: string;
  readonly name: string;
  readonly nonce: string;
}

/** Gives a process an id by which Raft knows it. */
export interface Admit {
  readonly kind: "admit";
  readonly name: string;
  /** Random per data directory: a wiped disk comes with a new one. */
  readonly nonce: string;
}

/** Takes a node out of the cluster for ever: its id is never given again. */
export interface Remove {
  readonly kind: "remove";
  readonly node: NodeId;
}

/**
 * After the loss of a majority, by an operator's word and into the log of one node: the cluster is
 * another one, and all other nodes are out of it.
 */
export interface Recover {
  readonly kind: "recover";
  readonly clusterUuid: string;
  readonly node: NodeId;
}

export type TopologyCommand = Found | Admit | Remove | Recover;

export type TopologyReply =
  /** Founded or admitted, now or by the same command before. */
  | { readonly kind: "member"; readonly node: NodeId; readonly clusterUuid: string }
  | { readonly kind: "removed" }
  /** Nothing changed, and asking the same again will not change it. */
  | {
      readonly kind: "refused";
      readonly reason: "not-founded" | "founded-by-another" | "no-member-any-more" | "unknown-node";
      readonly why: string;
    };
