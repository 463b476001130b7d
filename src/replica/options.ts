// What a replica is given, what it tells, and its limits.

import type { Clock, Timers } from "../std/clock.ts";
import type { Index, NodeId, Term } from "../std/ids.ts";
import type { LogStore } from "../storage/port.ts";
import type { SnapshotStore } from "../storage/snapshot-port.ts";
import type { Transport } from "../transport/port.ts";
import type { StateMachine } from "./port.ts";

/** A member's id in the log, and the name under which the transport reaches it. */
export interface Address {
  readonly id: NodeId;
  readonly name: string;
}

export interface ReplicaOptions<Reply, Event> {
  readonly self: Address;
  readonly clusterUuid: string;
  readonly group: number;
  /** Random per process: with a sequence number it names each proposal of this life. */
  readonly origin: string;
  readonly clock: Clock;
  readonly timers: Timers;
  /** An integer in [0, limit): spreads the elections. */
  readonly below: (limit: number) => number;
  readonly store: LogStore;
  readonly snapshots: SnapshotStore;
  /** Whoever listens there hands on what arrives: `receive` and `undelivered`. */
  readonly transport: Pick<Transport, "send" | "maxBodyBytes">;
  readonly machine: StateMachine<Reply, Event>;
  readonly subscriber: ReplicaSubscriber<Event>;
  /** Founds the group, on a blank store only. Without it a blank store waits to be let in. */
  readonly bootstrap?: { readonly voters: readonly Address[] };
  readonly limits?: Partial<ReplicaLimits>;
}

/**
 * Called in the replica's own turn, one at a time. What it throws is counted, and stops nothing.
 */
export interface ReplicaSubscriber<Event> {
  /** The events of all that was applied in one go, in log order. */
  onApplied(events: readonly Event[]): void;
  /** A snapshot took the place of the machine's state: anything in it may have changed. */
  onRestored?(): void;
  /** Who leads, as far as this replica knows; undefined while nobody is known to. */
  onLeader?(leader: NodeId | undefined): void;
  /** The log rotted: told when it is found, and every `mendTellMs` until it is whole again. */
  onMending?(status: MendingStatus): void;
  /** The disk is full: nothing is taken until it is not. Or it has room again. */
  onRoom?(isFull: boolean): void;
  /** The members that the log names changed. */
  onMembers?(members: Members): void;
  /**
   * This replica has stopped for good: an invariant or its disk broke. All that waited was refused.
   */
  onFailed?(reason: Error): void;
}

/** Entries that this member lacks, and asks the others for; until it has them it does not vote. */
export interface MendingStatus {
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly waitedMs: number;
}

export interface Members {
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
}

/** A change of the members, several at once through a joint configuration. */
export interface MemberChange {
  readonly changes: readonly {
    readonly kind: "add-voter" | "add-learner" | "remove";
    readonly id: NodeId;
  }[];
  /** Names of those who are added: every member learns them from the log. */
  readonly addresses?: readonly Address[];
}

/** Named limits; what happens at each stands beside it. */
export interface ReplicaLimits {
  /** Raft's clock. */
  readonly tickMs: number;
  /** An election begins after this many silent ticks, up to twice as many. */
  readonly electionTicks: number;
  /** A leader shows itself this often. */
  readonly heartbeatTicks: number;
  /** Unanswered proposals of this node; at the limit `Overloaded`, and nothing is proposed. */
  readonly pendingProposals: number;
  /** Bytes of unanswered proposals; at the limit `Overloaded`, and nothing is proposed. */
  readonly pendingBytes: number;
  /** One command; a larger one is refused as `payload-too-large`. */
  readonly entryBytes: number;
  /** Without an answer for so long, a proposal is offered again under its own id. */
  readonly retryMs: number;
  /** Without an answer for so long, a read barrier is asked for again. */
  readonly readRetryMs: number;
  /** Without the entries that rotted here for so long, the others are asked again. */
  readonly mendRetryMs: number;
  /** As long as entries are missing, so often it is told. A multiple of `mendRetryMs`. */
  readonly mendTellMs: number;
  /** While the disk is full, so often it is tried again. */
  readonly roomRetryMs: number;
  /** One append message. */
  readonly appendBytes: number;
  /** Append messages under way to one peer. */
  readonly inflightMessages: number;
  /** Entries that the leader keeps uncommitted; beyond it proposals wait for their retry. */
  readonly uncommittedBytes: number;
  /** Entries applied in one turn, in bytes, once passed; more follow in the next. */
  readonly applyBytes: number;
  /** Of one turn; a group that has more to do lets the event loop have its turn first. */
  readonly readiesPerTurn: number;
  /** A snapshot is taken after so many applied entries, or so many bytes of them. */
  readonly snapshotEveryEntries: number;
  readonly snapshotEveryBytes: number;
  /**
   * Entries before the newest snapshot that a cut of the log leaves at least, for members that are
   * a little behind; fewer where those since the snapshot before it have `snapshotEveryBytes`.
   */
  readonly trailingEntries: number;
  /** Bytes of a snapshot in one message. */
  readonly snapshotPartBytes: number;
  /** Parts under way to one member. */
  readonly snapshotInflightParts: number;
  /** Without the next part for so long, it is asked for again. */
  readonly snapshotRetryMs: number;
  /** A member that does not ask on for so long is offered a snapshot anew. */
  readonly snapshotIdleMs: number;
  /** Entries that are kept for a member that gets a snapshot before them; beyond it starts anew. */
  readonly heldEntries: number;
}

export const replicaLimits: ReplicaLimits = {
  tickMs: 50,
  electionTicks: 20,
  heartbeatTicks: 3,
  pendingProposals: 10_000,
  pendingBytes: 64 * 1024 * 1024,
  entryBytes: 2 * 1024 * 1024,
  retryMs: 1_000,
  readRetryMs: 500,
  mendRetryMs: 500,
  mendTellMs: 10_000,
  roomRetryMs: 1_000,
  appendBytes: 1024 * 1024,
  inflightMessages: 256,
  uncommittedBytes: 256 * 1024 * 1024,
  applyBytes: 256 * 1024,
  readiesPerTurn: 64,
  snapshotEveryEntries: 10_000,
  snapshotEveryBytes: 16 * 1024 * 1024,
  trailingEntries: 1_000,
  snapshotPartBytes: 128 * 1024,
  snapshotInflightParts: 4,
  snapshotRetryMs: 500,
  snapshotIdleMs: 5_000,
  heldEntries: 100_000,
};

/** `mending`: its log rotted, and is not whole yet: it neither votes nor acknowledges. */
export type ReplicaRole =
  | "leader"
  | "follower"
  | "candidate"
  | "learner"
  | "mending"
  | "stopped"
  | "failed";

export interface ReplicaStatus {
  readonly self: Address;
  readonly role: ReplicaRole;
  readonly leader: NodeId | undefined;
  readonly term: Term;
  readonly commit: Index;
  readonly applied: Index;
  readonly lastIndex: Index;
  /** The first entry that the log still has. */
  readonly firstIndex: Index;
  /** What a restart would begin from; undefined: the log from its start. */
  readonly snapshot: SnapshotStatus | undefined;
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
  readonly pendingProposals: number;
  readonly pendingBytes: number;
  /** The disk has no room for more. */
  readonly isFull: boolean;
  readonly peers: readonly PeerStatus[];
  readonly reason: Error | undefined;
}

export interface SnapshotStatus {
  readonly index: Index;
  readonly bytes: number;
  /** The wall clock of who took it. */
  readonly takenAtMs: number;
}

export interface PeerStatus {
  readonly id: NodeId;
  readonly name: string | undefined;
  readonly isVoter: boolean;
  /**
   * Since when it has answered nothing, on the monotonic clock; this replica's own start at first.
   * What a peer says unasked does not count.
   */
  readonly lastHeardMs: number;
  /** Since when the transport says that nobody listens there; undefined: it does not say so. */
  readonly noRespondersSinceMs: number | undefined;
  /** What the leader knows of its log; only on the leader. */
  readonly progress: { readonly match: Index; readonly next: Index } | undefined;
}

/** What was met and dropped, or went wrong without stopping anything. */
export interface ReplicaCounters {
  malformed: number;
  foreign: number;
  misaddressed: number;
  unroutable: number;
  sendFailures: number;
  refusedMessages: number;
  refusedProposals: number;
  subscriberFailures: number;
  forwarded: number;
  retried: number;
  duplicates: number;
  /** Parts of snapshots that were not what their manifest says. */
  damagedParts: number;
}

export function noCounters(): ReplicaCounters {
  return {
    malformed: 0,
    foreign: 0,
    misaddressed: 0,
    unroutable: 0,
    sendFailures: 0,
    refusedMessages: 0,
    refusedProposals: 0,
    subscriberFailures: 0,
    forwarded: 0,
    retried: 0,
    duplicates: 0,
    damagedParts: 0,
  };
}

/**
 * What one message of the transport can carry: an entry fits with its frame,
 * and an append's with theirs.
 */
export function fittingLimits<Reply, Event>({
  limits,
  transport,
}: ReplicaOptions<Reply, Event>): ReplicaLimits {
  const wanted = { ...replicaLimits, ...limits };
  const room = transport.maxBodyBytes - MESSAGE_OVERHEAD_BYTES;
  return {
    ...wanted,
    entryBytes: Math.min(wanted.entryBytes, room),
    // Small entries have large frames, for their size.
    appendBytes: Math.min(wanted.appendBytes, Math.floor(room / 2)),
    snapshotPartBytes: Math.min(wanted.snapshotPartBytes, room),
  };
}

const MESSAGE_OVERHEAD_BYTES = 1_024;
