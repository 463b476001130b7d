// The one door through which handles reach a group: a member answers it from its own state,
// a process that is no member will send it over the transport. Values are encoded bytes.

import type { Failure } from "../workflow/dsl/failure.ts";
import type { Divergence, Value } from "../workflow/dsl/record.ts";

export interface StartRequest {
  readonly workflowId: string;
  readonly name: string;
  readonly version: number;
  readonly input: Value;
  /** Of the value with sorted keys: what "the same input" means. */
  readonly inputHash: string;
  readonly terms?: StartTerms;
}

export type OnConflict = "join" | "fail" | "replace";
export type Ownership = "starter" | "balanced" | "leader";

/** What a start asks for beside its input. */
export interface StartTerms {
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly timeoutMs?: number;
  readonly retentionMs?: number;
  readonly delayMs?: number;
  readonly onConflict: OnConflict;
  /** Minted before the first send: sent again, it is the same start. */
  readonly requestId: string;
  readonly owner: Ownership;
}

export interface ReadOptions {
  /** Answer from this node's state at once, which may lag behind. Default false: linearizable. */
  readonly stale?: boolean;
}

export interface WaitOptions {
  readonly signal?: AbortSignal;
  /** Default: none. */
  readonly timeoutMs?: number;
}

export interface ChangeRequest {
  /** The mark of the state that is known; "" for none. */
  readonly after: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** A state of a run, by its mark. */
export interface RunChange {
  readonly mark: string;
  readonly run: RunDescription;
}

export interface SignalRequest {
  readonly workflowId: string;
  /** Minted before the first send: sent again, it is the same signal. */
  readonly id: string;
  readonly name: string;
  readonly value: Value;
}

export interface CancelRequest {
  readonly workflowId: string;
  readonly id: string;
  readonly reason: string;
}

export interface ResetRequest {
  readonly workflowId: string;
  /** A path, or `start`. */
  readonly to: string;
  /** Minted before the first send: sent again, it is the same reset. */
  readonly id: string;
}

export type RunEnd =
  | { readonly kind: "completed"; readonly value: Value }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "cancelled"; readonly reason: string }
  | { readonly kind: "terminated"; readonly reason: string }
  | { readonly kind: "timed-out" };

export type RunStatusKind =
  | "running"
  | "unassigned"
  | "parked"
  | "completed"
  | "failed"
  | "cancelled"
  | "continued"
  | "timed-out"
  | "terminated";

/** A run as `describe` and `list` show it. */
export interface RunDescription {
  readonly workflowId: string;
  readonly runId: string;
  readonly name: string;
  readonly version: number;
  readonly status: RunStatusKind;
  /** Why it is parked, unassigned, cancelled, terminated or failed, in words. */
  readonly reason?: string;
  /** The member that acts for it; undefined while nobody does. */
  readonly owner?: string;
  /** Log index of the entry that made the owner owner. */
  readonly epoch: number;
  readonly startedAt: Date;
  /** When its time, or its chain's, is up. */
  readonly timesOutAt?: Date;
  readonly tags: Readonly<Record<string, string>>;
  readonly endedAt?: Date;
  /** Records that the group accepted for it. */
  readonly records: number;
  /** Of their payloads. */
  readonly bytes: number;
  /** At the limit of 10,000 records or 16 MiB it is parked: `continueAsNew` is the way out. */
  readonly isJournalHalfFull: boolean;
  readonly divergence?: Divergence;
  /** Members that are passed over as its owner: their code diverged from its history. */
  readonly unfit: readonly { readonly member: string; readonly divergence: Divergence }[];
  /**
   * What it waits for, in the order in which it asked, 64 at most: as its owner last told, within a
   * second. Empty while it has something to do, and where it does not run.
   */
  readonly waitsFor: readonly WaitDescription[];
  /** Effects that failed and will be tried again, by path. */
  readonly retries: readonly {
    readonly path: string;
    readonly failures: number;
    readonly error: string;
  }[];
}

/** What a run waits for. */
export type WaitDescription =
  /** It was started with a delay. */
  | { readonly kind: "start"; readonly until: Date }
  | { readonly kind: "sleep"; readonly path: string; readonly until: Date }
  /** A signal; `until`: its time-out. */
  | {
      readonly kind: "receive";
      readonly path: string;
      readonly signal: string;
      readonly until?: Date;
    }
  /** An effect body: the attempt that runs, or comes next; `until`: the limit over all of them. */
  | {
      readonly kind: "compute" | "step";
      readonly path: string;
      readonly name: string;
      readonly attempt: number;
      readonly until?: Date;
    }
  /** Another run; its id where this one started it. */
  | {
      readonly kind: "child";
      readonly path: string;
      readonly workflow: string;
      readonly workflowId?: string;
    };

export interface ListFilter extends ReadOptions {
  readonly status?: RunStatusKind;
  readonly name?: string;
  readonly version?: number;
  /** Runs that have all of these. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly idPrefix?: string;
  /** At most this many; default 100, at most 1,000. */
  readonly limit?: number;
  /** What the page before gave. */
  readonly cursor?: string;
}

export interface RunPage {
  readonly runs: readonly RunDescription[];
  /** Undefined on the last page. */
  readonly cursor?: string;
}

export interface HistoryOptions extends ReadOptions {
  /** Leaves out values, and what errors say: their sizes stand instead. Default false. */
  readonly redact?: boolean;
}

export interface HistoryRequest extends HistoryOptions {
  /** Of this record on. Default 0: the header first. */
  readonly from?: number;
}

export interface HistoryPage {
  /** An id may name another run by the next page. */
  readonly runId: string;
  /** JSON objects, without line ends. */
  readonly lines: readonly string[];
  /** Where the next page begins; undefined on the last one. */
  readonly next?: number;
}

/** A version of a workflow of which there are runs. */
export interface VersionUse {
  readonly name: string;
  readonly version: number;
  /** Runs that have not ended: until there are none, some member must have this version. */
  readonly open: number;
  readonly ended: number;
}

/** Every method settles, or rejects with a RaftoralError. */
export interface Gateway {
  /** @throws WorkflowConflict, Overloaded, TimedOut. */
  start(request: StartRequest): Promise<void>;
  /**
   * Settles when the run has ended, whether it ends later or long ago.
   * @throws WorkflowNotFound, TimedOut.
   */
  waitForEnd(workflowId: string, options: WaitOptions): Promise<RunEnd>;
  describe(workflowId: string, options: ReadOptions): Promise<RunDescription | undefined>;
  /**
   * The run as it is as soon as its mark is another one than `after`; undefined: it kept it for
   * `timeoutMs`. @throws WorkflowNotFound; with the signal's reason.
   */
  change(workflowId: string, request: ChangeRequest): Promise<RunChange | undefined>;
  /** The variable as of the last accepted write; undefined if the run has no such variable. */
  variable(workflowId: string, name: string, options: ReadOptions): Promise<Value | undefined>;
  list(filter: ListFilter): Promise<RunPage>;
  versions(options: ReadOptions): Promise<readonly VersionUse[]>;
  /** By the workflow id, or by the id of one run. @throws WorkflowNotFound */
  history(id: string, request: HistoryRequest): Promise<HistoryPage>;
  /** @throws WorkflowNotFound, WorkflowEnded, Overloaded, TimedOut; `journal-full`. */
  signal(request: SignalRequest): Promise<void>;
  /** @throws WorkflowNotFound, Overloaded, TimedOut. */
  cancel(request: CancelRequest): Promise<void>;
  terminate(workflowId: string, reason: string): Promise<void>;
  resume(workflowId: string): Promise<void>;
  /** @throws WorkflowNotFound, Overloaded, TimedOut; `invalid-argument`: nothing is at the path. */
  reset(request: ResetRequest): Promise<void>;
}
