// What happened, typed: for metrics, tests and renderers. The core holds no log text.
// An event holds the values of its moment: the sink may keep it.

import type { Index, NodeId, Term } from "../std/ids.ts";
import type { ConfChange } from "./conf-change.ts";
import type { MessageType } from "./message.ts";
import type { ProgressView } from "./progress.ts";
import type { ConfState, StateName } from "./types.ts";

/** Where a log ends, as votes compare it (Raft §5.4.1). */
export interface LogEnd {
  readonly index: Index;
  readonly term: Term;
}

export type VoteRequest = "vote" | "pre-vote";
export type VoteResponse = "vote-resp" | "pre-vote-resp";

export type TraceEvent =
  | RoleEvent
  | VoteEvent
  | TermEvent
  | LogEvent
  | ReplicationEvent
  | SnapshotEvent
  | ConfigurationEvent
  | LeadershipEvent;

type RoleEvent =
  | {
      readonly kind: "started";
      readonly id: NodeId;
      readonly term: Term;
      readonly voters: readonly NodeId[];
      readonly commit: Index;
      readonly applied: Index;
      readonly end: LogEnd;
    }
  | {
      readonly kind: "became";
      readonly id: NodeId;
      readonly state: StateName;
      readonly term: Term;
    }
  | { readonly kind: "election-started"; readonly id: NodeId; readonly term: Term }
  | {
      readonly kind: "campaign-refused";
      readonly id: NodeId;
      readonly term: Term;
      readonly reason: "not-promotable" | "conf-change-not-applied";
    }
  | { readonly kind: "quorum-lost"; readonly id: NodeId; readonly term: Term };

type VoteEvent =
  | {
      readonly kind: "vote-requested";
      readonly id: NodeId;
      readonly term: Term;
      readonly type: VoteRequest;
      readonly to: NodeId;
      readonly end: LogEnd;
    }
  | VoteAnswer<"vote-cast">
  | VoteAnswer<"vote-refused">
  /** A leader was heard of lately: its lease has so many ticks left. */
  | (VoteAnswer<"vote-ignored"> & { readonly remainingTicks: number })
  | {
      readonly kind: "vote-received";
      readonly id: NodeId;
      readonly term: Term;
      readonly type: VoteResponse;
      readonly from: NodeId;
      readonly granted: boolean;
    }
  | {
      readonly kind: "votes-counted";
      readonly id: NodeId;
      readonly type: VoteResponse;
      readonly granted: number;
      readonly refused: number;
    };

interface VoteAnswer<Kind extends string> {
  readonly kind: Kind;
  readonly id: NodeId;
  readonly term: Term;
  readonly type: VoteRequest;
  readonly from: NodeId;
  /** Who had this member's vote before. */
  readonly vote: NodeId;
  readonly end: LogEnd;
  /** Where the candidate's log ends. */
  readonly asked: LogEnd;
}

interface OtherTerm<Kind extends string> {
  readonly kind: Kind;
  readonly id: NodeId;
  readonly term: Term;
  readonly from: NodeId;
  readonly type: MessageType;
  /** That of the message. */
  readonly other: Term;
}

type TermEvent =
  | OtherTerm<"higher-term-seen">
  | OtherTerm<"lower-term-ignored">
  /** A write that was asked for in an earlier term is durable: its place may be another's now. */
  | OtherTerm<"stale-write-ignored">;

type LogEvent =
  | {
      readonly kind: "conflict-found";
      readonly id: NodeId;
      readonly at: Index;
      readonly existing: Term;
      readonly arriving: Term;
    }
  /** All that was not durable yet gave way to what a leader sent. */
  | { readonly kind: "tail-replaced"; readonly id: NodeId; readonly from: Index }
  /** What is durable now is not in the tail: as entry, or with that term. */
  | { readonly kind: "durable-missing"; readonly id: NodeId; readonly at: Index }
  | {
      readonly kind: "durable-mismatched";
      readonly id: NodeId;
      readonly at: Index;
      readonly durable: Term;
      readonly unstable: Term;
    };

type ReplicationEvent =
  | {
      readonly kind: "append-refused";
      readonly id: NodeId;
      readonly from: NodeId;
      /** What the append follows; `term` is what this log has there, 0 for nothing. */
      readonly prev: LogEnd;
      readonly term: Term;
    }
  | {
      readonly kind: "refusal-received";
      readonly id: NodeId;
      readonly from: NodeId;
      readonly at: Index;
      readonly hint: LogEnd;
    }
  | OfMember<"progress-decreased">
  | OfMember<"reported-unreachable">
  /** A snapshot is under way to it. */
  | OfMember<"replication-paused">
  | OfMember<"replication-resumed">;

interface OfMember<Kind extends string> {
  readonly kind: Kind;
  readonly id: NodeId;
  readonly member: NodeId;
  readonly progress: ProgressView;
}

type SnapshotEvent =
  | (OfMember<"snapshot-sent"> & {
      readonly firstIndex: Index;
      readonly commit: Index;
      readonly snapshot: LogEnd;
    })
  | {
      readonly kind: "restore-began";
      readonly id: NodeId;
      readonly snapshot: LogEnd;
      readonly committed: Index;
      readonly applied: Index;
      readonly applying: Index;
      readonly unstable: {
        readonly offset: Index;
        readonly inProgress: Index;
        readonly count: number;
      };
    }
  | {
      readonly kind: "snapshot-restored";
      readonly id: NodeId;
      readonly snapshot: LogEnd;
      readonly commit: Index;
      readonly end: LogEnd;
    };

type ConfigurationEvent =
  | {
      readonly kind: "configuration-switched";
      readonly id: NodeId;
      readonly configuration: ConfState;
    }
  | {
      readonly kind: "leave-joint-proposed";
      readonly id: NodeId;
      readonly configuration: ConfState;
    }
  | {
      readonly kind: "conf-change-ignored";
      readonly id: NodeId;
      readonly change: ConfChange;
      readonly configuration: ConfState;
      readonly reason: "another-pending" | "joint" | "not-joint";
    };

type LeadershipEvent =
  | { readonly kind: "proposal-without-leader"; readonly id: NodeId; readonly term: Term }
  | {
      readonly kind: "leader-forgotten";
      readonly id: NodeId;
      readonly leader: NodeId;
      readonly term: Term;
    }
  /** Lease-based reads rely on it. */
  | { readonly kind: "forget-refused"; readonly id: NodeId }
  | {
      readonly kind: "transfer-started";
      readonly id: NodeId;
      readonly term: Term;
      readonly to: NodeId;
    }
  /** `to` has the whole log: it is told to stand at once. */
  | { readonly kind: "transfer-sent"; readonly id: NodeId; readonly to: NodeId }
  | {
      readonly kind: "transfer-received";
      readonly id: NodeId;
      readonly term: Term;
      readonly from: NodeId;
    };
