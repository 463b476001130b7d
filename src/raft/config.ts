import type { Index, NodeId } from "../std/ids.ts";
import type { Storage } from "./storage.ts";
import type { TraceEvent } from "./trace.ts";

export interface RaftConfig {
  readonly id: NodeId;
  /**
   * Silent ticks after which an election begins, up to twice as many less one.
   * More than `heartbeatTicks`.
   */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  readonly storage: Storage;
  /** What the machine has applied already, at a restart. Default 0. */
  readonly applied?: Index;
  /**
   * Storage is written by messages to APPEND_THREAD and APPLY_THREAD.
   * Default false: by `ready` and `advance`.
   */
  readonly asyncStorageWrites?: boolean;
  /** Bytes of entries in one append. 0: one entry at a time. */
  readonly maxSizePerMsg: number;
  /** Bytes of committed entries handed out and not applied yet. Default: as `maxSizePerMsg`. */
  readonly maxCommittedSizePerReady?: number;
  /**
   * Bytes of uncommitted entries of a leader; beyond it proposals are dropped. Default: no limit.
   */
  readonly maxUncommittedEntriesSize?: number;
  /** Appends under way to one follower. */
  readonly maxInflightMsgs: number;
  /** Bytes of appends under way to one follower. Default: no limit. */
  readonly maxInflightBytes?: number;
  readonly checkQuorum?: boolean;
  readonly preVote?: boolean;
  /** `lease-based` needs `checkQuorum`, and trusts clocks. Default `safe`. */
  readonly readOnlyOption?: "safe" | "lease-based";
  readonly disableProposalForwarding?: boolean;
  readonly disableConfChangeValidation?: boolean;
  readonly stepDownOnRemoval?: boolean;
  /**
   * Who refuses a vote says how far it knows the log to be committed. Without it, two members of
   * which one commits its own removal and is no leader any more may wait for each other for ever:
   * the other one still needs its vote, which a longer log refuses.
   */
  readonly shareCommitInVotes?: boolean;
  /** An integer in [0, limit): spreads the election time-outs. */
  randomInt(limit: number): number;
  trace?(event: TraceEvent): void;
}
