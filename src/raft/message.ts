// What members say to each other, and what a core says to its own storage.

import { type Index, index, NONE, type NodeId, nodeId, type Term, term } from "../std/ids.ts";
import type { Entry, Snapshot } from "./types.ts";

export type MessageType =
  | "hup"
  | "beat"
  | "prop"
  | "app"
  | "app-resp"
  | "vote"
  | "vote-resp"
  | "snap"
  | "heartbeat"
  | "heartbeat-resp"
  | "unreachable"
  | "snap-status"
  | "check-quorum"
  | "transfer-leader"
  | "timeout-now"
  | "read-index"
  | "read-index-resp"
  | "pre-vote"
  | "pre-vote-resp"
  | "storage-append"
  | "storage-append-resp"
  | "storage-apply"
  | "storage-apply-resp"
  | "forget-leader";

/**
 * One shape for all types, so that the engine sees one hidden class; unused fields stay at zero.
 */
export interface Message {
  readonly type: MessageType;
  readonly to: NodeId;
  readonly from: NodeId;
  /** 0 in local messages, proposals and forwarded reads. */
  readonly term: Term;
  readonly logTerm: Term;
  readonly index: Index;
  readonly entries: readonly Entry[];
  readonly commit: Index;
  readonly vote: NodeId;
  readonly snapshot: Snapshot | undefined;
  readonly reject: boolean;
  readonly rejectHint: Index;
  readonly context: Uint8Array | undefined;
  /** Messages that may leave once this storage write is durable. */
  readonly responses: readonly Message[];
}

/** Local recipients of storage messages; no member has these ids. */
export const APPEND_THREAD: NodeId = nodeId(Number.MAX_SAFE_INTEGER);
export const APPLY_THREAD: NodeId = nodeId(Number.MAX_SAFE_INTEGER - 1);

export const isLocalTarget = (id: NodeId): boolean => id === APPEND_THREAD || id === APPLY_THREAD;

const LOCAL: ReadonlySet<MessageType> = new Set<MessageType>([
  "hup",
  "beat",
  "unreachable",
  "snap-status",
  "check-quorum",
  "storage-append",
  "storage-append-resp",
  "storage-apply",
  "storage-apply-resp",
]);

/** Never crosses the network: from there it is refused. */
export const isLocal = (type: MessageType): boolean => LOCAL.has(type);

const RESPONSES: ReadonlySet<MessageType> = new Set<MessageType>([
  "app-resp",
  "vote-resp",
  "heartbeat-resp",
  "unreachable",
  "read-index-resp",
  "pre-vote-resp",
  "storage-append-resp",
  "storage-apply-resp",
]);
export const isResponse = (type: MessageType): boolean => RESPONSES.has(type);

const NO_TERM = term(0);
const NO_INDEX = index(0);

/**
 * Each field by name: all messages are of one shape, and a spread costs five times as much.
 * `from` and `ofTerm` hold where `fields` says nothing.
 */
export function message(
  fields: Partial<Message> & { readonly type: MessageType },
  from: NodeId = NONE,
  ofTerm: Term = NO_TERM,
): Message {
  return {
    type: fields.type,
    to: fields.to ?? NONE,
    from: fields.from ?? from,
    term: fields.term ?? ofTerm,
    logTerm: fields.logTerm ?? NO_TERM,
    index: fields.index ?? NO_INDEX,
    entries: fields.entries ?? [],
    commit: fields.commit ?? NO_INDEX,
    vote: fields.vote ?? NONE,
    snapshot: fields.snapshot,
    reject: fields.reject ?? false,
    rejectHint: fields.rejectHint ?? NO_INDEX,
    context: fields.context,
    responses: fields.responses ?? [],
  };
}
