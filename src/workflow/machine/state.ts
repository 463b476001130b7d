// What the group agrees on about its members and runs. Only `apply` writes it; all else reads.

import type { Epoch, Index, NodeId, Path, Position, RunId } from "../../std/ids.ts";
import type { ParentClose } from "../dsl/effect.ts";
import type { Failure } from "../dsl/failure.ts";
import type { Divergence, Input, Outcome, ProcessId, Value, WriteRecord } from "../dsl/record.ts";
import type { ChildOf, ParkReason, Suspect } from "./command.ts";
import { MarkPool } from "./marks.ts";
import type { Rest } from "./rest.ts";
import type { StartTerms } from "./terms.ts";

export interface MachineState {
  /** Names the group in run ids. */
  readonly group: string;
  /** Log time: the highest stamp so far (SEMANTICS 6). */
  timeMs: number;
  /** What every member understands: no command of a higher feature level is written. Only grows. */
  level: number;
  /** Runs ever started: the next run's ordinal. */
  started: number;
  readonly members: Map<NodeId, Member>;
  /** In the order of their Starts. */
  readonly runs: Map<RunId, Run>;
  /** The run that an id names today. */
  readonly byWorkflowId: Map<string, RunId>;
  /** Index: the running runs of each member, so that moving them costs no look at the others. */
  readonly byOwner: Map<NodeId, Set<Run>>;
  /** Index: the open runs that have a deadline. */
  readonly timed: Set<Run>;
  /** Index: the unassigned runs by the catalogue key that they wait for. */
  readonly unassigned: Map<string, Set<Run>>;
  /** Children that were closed before they began, by parent and path: when (SEMANTICS 24). */
  readonly tombstones: Map<string, number>;
  /** A snapshot that is being taken, which no reader of the state sees. */
  view: ChangeKeeper | undefined;
  /** Marks that runs share; what is in it changes no answer. */
  readonly marks: MarkPool;
}

/** Hears of each run that is there and about to change. */
export interface ChangeKeeper {
  keep(run: Run): void;
}

export interface Member {
  readonly node: NodeId;
  name: string;
  /** Log index of its last announcement; more where one entry brought several. */
  incarnation: number;
  /** As the process that it is now: one object, which its runs share. */
  process: ProcessId;
  nonce: string;
  /** Nonces of earlier processes: a late announcement of theirs changes nothing (SEMANTICS 15). */
  formerNonces: readonly string[];
  isUp: boolean;
  /** Taken out of the cluster for ever: no announcement of it counts any more. */
  isRemoved: boolean;
  catalogue: ReadonlySet<string>;
  /** The feature level that its last process announced. */
  level: number;
}

/** Terminal kinds are for ever; parked and unassigned are not terminal (SEMANTICS 22). */
export type RunStatus =
  | { readonly kind: "running" }
  | { readonly kind: "unassigned"; readonly reason: string }
  | { readonly kind: "parked"; readonly reason: ParkReason; readonly divergence: Divergence }
  | { readonly kind: "completed"; readonly value: Value }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "terminated"; readonly reason: string }
  | { readonly kind: "timed-out" }
  /** By its own body, which was cancelled and did not hold on. */
  | { readonly kind: "cancelled"; readonly reason: string }
  /** It goes on as another run of its workflow id (SEMANTICS 23). */
  | { readonly kind: "continued"; readonly runId: RunId };

export interface Unfitness {
  readonly member: ProcessId;
  readonly divergence: Divergence;
}

/** Attempts of one barrier that failed and will be retried. */
export interface Attempts {
  readonly failures: number;
  readonly last: Failure;
  /** Of the last failure's record. */
  readonly failedAt: Position;
  /** Log time before which the next one does not start. */
  readonly notBeforeMs: number;
}

export interface ChildLink {
  readonly workflowId: string;
  readonly parentClose: ParentClose;
  /** Its close was applied: nothing more is owed to it. */
  isClosed: boolean;
}

export interface Entered {
  readonly suspect: Suspect;
  /** Log index of its Enter. */
  readonly at: Index;
}

export interface Run {
  readonly id: RunId;
  /** Its place among all runs that this group started: the order of lists and of moves. */
  readonly ordinal: number;
  readonly workflowId: string;
  readonly name: string;
  readonly version: number;
  readonly input: Value;
  readonly inputHash: string;
  /** Of the input that its workflow id was started with: the first of a chain's. */
  readonly startHash: string;
  readonly startedAtMs: number;
  /** The run that it was reset from: what its body takes for its id, since it drew chance by it. */
  readonly originId: RunId | undefined;
  readonly terms: StartTerms;
  /** Log time at which its time, or its chain's, is up. */
  readonly deadlineMs: number | undefined;
  /** The version of SEMANTICS 7's scheduling that this run keeps. */
  readonly scheduling: 1;
  status: RunStatus;
  /** Log time of the terminal record. */
  endedAtMs: number | undefined;
  /** Acts for the run while it is running; kept for information once it is parked or has ended. */
  owner: ProcessId | undefined;
  epoch: Epoch;
  /** Sequence of the last accepted batch of this epoch. */
  sequence: number;
  /**
   * How many batches of this epoch came too early:
   * their owner sends again what it waits for (rule 11).
   */
  gaps: number;
  through: Position;
  /** The next record's position: how many were accepted. */
  next: Position;
  /** Payload bytes of all accepted records. */
  bytes: number;
  /** Ordered by position; `inputs[0]` is the Start. */
  readonly inputs: Input[];
  writes: ReadonlyMap<Path, WriteRecord>;
  /**
   * How many writes with a position each stretch has, by its cursor
   * (SEMANTICS 4: none may be left unasked).
   */
  writesByCursor: ReadonlyMap<Position, number>;
  settled: ReadonlyMap<Path, { readonly position: Position; readonly outcome: Outcome }>;
  attempts: ReadonlyMap<Path, Attempts>;
  /** Nonces of `atMostOnce` attempts that began and whose end is not known (SEMANTICS 12). */
  markers: ReadonlyMap<Path, string>;
  /** Details of the last heartbeat of effects that are not settled. */
  heartbeats: ReadonlyMap<Path, Value>;
  /** `next` at each change of epoch since the first process owned it (SEMANTICS 13). */
  epochMarks: readonly Position[];
  /** `next` at the last losses of an owner: epoch marks that nobody chose (SEMANTICS 21). */
  lossMarks: readonly Position[];
  /** An owner was lost before it rested on this input: the next one says that it feeds it. */
  suspectUpTo: Position | undefined;
  /** What the present owner said that it runs, of what may end it, in the order of its words. */
  entered: readonly Entered[];
  /** The last rest that an owner told; `restOf` says whether it lasts. */
  rest: Rest | undefined;
  /** Variables as of the last accepted write. */
  variables: ReadonlyMap<string, Value>;
  /** How many of `inputs` are signals. */
  signals: number;
  /** Of all signals and cancellations that came to it and to those that it continues, in order. */
  signalIds: ReadonlySet<string>;
  isCancelled: boolean;
  /** How often it was resumed with its journal full. */
  grants: number;
  /** Of a child: who started it. */
  parent: ChildOf | undefined;
  /** Children by the path of the effect that started them. */
  children: ReadonlyMap<Path, ChildLink>;
  /** Members passed over (SEMANTICS 19); a mark of an earlier incarnation counts no more. */
  unfit: readonly Unfitness[];
  /** Log index of the last record, for histories. */
  lastIndex: Index;
}

export const createMachineState = (group: string): MachineState => ({
  group,
  timeMs: 0,
  level: 1,
  started: 0,
  members: new Map(),
  runs: new Map(),
  byWorkflowId: new Map(),
  byOwner: new Map(),
  unassigned: new Map(),
  tombstones: new Map(),
  view: undefined,
  marks: new MarkPool(),
  timed: new Set(),
});

export const catalogueKey = (name: string, version: number): string => `${name}@${version}`;

export function isTerminal({ kind }: RunStatus): boolean {
  return kind !== "running" && kind !== "unassigned" && kind !== "parked";
}
