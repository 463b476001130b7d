// Everything that the log can ask of the workflow machine, and what it answers.
// Each command is idempotent by natural ids (SEMANTICS 25): proposing it twice is harmless.

import type { Epoch, Index, NodeId, Path, Position, RunId } from "../../std/ids.ts";
import type { ParentClose, WriteKind } from "../dsl/effect.ts";
import type { Failure } from "../dsl/failure.ts";
import type {
  Divergence,
  EffectIdentity,
  OtherEnd,
  Outcome,
  ProcessId,
  Value,
} from "../dsl/record.ts";
import type { RestSaid } from "./rest.ts";
import type { StartTerms } from "./terms.ts";

/** Starts a run, or joins the one that has this id with the same name, version and input. */
export interface Start {
  readonly kind: "start";
  readonly workflowId: string;
  readonly name: string;
  readonly version: number;
  readonly input: Value;
  /** Of the value with sorted keys, not of the bytes. */
  readonly inputHash: string;
  /** The member that should own it; treated as down unless up with this workflow (SEMANTICS 18). */
  readonly owner: NodeId;
  /** Absent: none are asked for. */
  readonly terms?: StartTerms;
}

/** Which run started another one, and by which of its effects: natural for both groups. */
export interface ChildOf {
  readonly runId: RunId;
  readonly path: Path;
}

/** A run starts another one; joins it when it was this effect that had started it. */
export interface StartChild {
  readonly kind: "start-child";
  readonly parent: ChildOf;
  readonly start: Start;
}

/** Nobody waits for the child any more; before its Start came, it keeps it from beginning. */
export interface CloseChild {
  readonly kind: "close-child";
  readonly parent: ChildOf;
  readonly workflowId: string;
  readonly how: "cancel" | "terminate";
}

/** Sends a run something; the same id again is the same signal (SEMANTICS 25). */
export interface Signal {
  readonly kind: "signal";
  /** The run that this id names when it is applied. */
  readonly workflowId: string;
  readonly id: string;
  readonly name: string;
  readonly value: Value;
}

/** Asks a run to end; its body feels it as an input, once (SEMANTICS 9). */
export interface Cancel {
  readonly kind: "cancel";
  readonly workflowId: string;
  /** Minted by the caller, as a signal's: a repetition does not reach the run after this one. */
  readonly id: string;
  readonly reason: string;
}

/** All that an owner says of a run rides numbered batches (SEMANTICS 11). */
export interface Batch {
  readonly runId: RunId;
  readonly epoch: Epoch;
  /** 1, 2, … within the epoch. */
  readonly sequence: number;
  /** The last cursor at which the run rested. */
  readonly through: Position;
  readonly items: readonly BatchItem[];
}

export type BatchItem =
  | {
      readonly kind: "write";
      readonly path: Path;
      readonly write: WriteKind;
      readonly name: string;
      readonly value: Value;
      readonly cursor: Position;
    }
  | { readonly kind: "outcome"; readonly effect: EffectIdentity; readonly outcome: Outcome }
  | {
      /** A failed attempt that will be retried (SEMANTICS 13): no input. */
      readonly kind: "attempt";
      readonly effect: EffectIdentity;
      readonly attempt: number;
      readonly failure: Failure;
      /** The next attempt starts no earlier than this after the log time of the entry. */
      readonly retryInMs: number;
    }
  | {
      /** An `atMostOnce` attempt is about to begin, by who knows the nonce (SEMANTICS 12). */
      readonly kind: "marker";
      readonly path: Path;
      readonly nonce: string;
    }
  | {
      /** A child is about to be started: its Start follows once this is accepted (SEMANTICS 24). */
      readonly kind: "child";
      readonly path: Path;
      readonly workflowId: string;
      readonly parentClose: ParentClose;
    }
  | {
      /** What the next attempt is given of this one; no record of its own. */
      readonly kind: "heartbeat";
      readonly path: Path;
      readonly details: Value;
    }
  /** Its body rests at the batch's `through`, with nothing unsaid (SEMANTICS 20). */
  | ({ readonly kind: "rest" } & RestSaid)
  | { readonly kind: "finish"; readonly outcome: Outcome; readonly as?: FinishAs };

/** How a run ended where the outcome does not say it. */
export type FinishAs =
  | Extract<OtherEnd, { kind: "cancelled" }>
  | (Extract<OtherEnd, { kind: "continued" }> & {
      /** Ids of the signals that this run read (SEMANTICS 23). */
      readonly consumed: readonly string[];
    });

/** One entry may carry batches of many runs; each is accepted or refused by itself. */
export interface Batches {
  readonly kind: "batches";
  readonly batches: readonly Batch[];
}

/** A process start: a new incarnation with its catalogue (SEMANTICS 15). */
export interface Announce {
  readonly kind: "announce";
  readonly node: NodeId;
  readonly name: string;
  /** Random, so that the process knows its own announcement from a twin's. */
  readonly nonce: string;
  /** `name@version`, sorted. */
  readonly catalogue: readonly string[];
  /** The feature level of this process's build (`level.ts`). */
  readonly level: number;
}

/** The leader found this process dead: its runs go to members that are up (SEMANTICS 18). */
export interface AssignOwners {
  readonly kind: "assign-owners";
  readonly dead: ProcessId;
  /** It gives its runs away by itself: nothing that they did ended it (SEMANTICS 21). */
  readonly isHandOver?: boolean;
}

/** The owner lost its generator with something in doubt: it rebuilds in a new epoch (rule 16). */
export interface Claim {
  readonly kind: "claim";
  readonly runId: RunId;
  readonly owner: ProcessId;
  readonly epoch: Epoch;
}

/** An operator gives a running run to another member, if it is still of this epoch (rule 16). */
export interface Move {
  readonly kind: "move";
  readonly runId: RunId;
  readonly epoch: Epoch;
  readonly to: NodeId;
}

/** The owner's own body diverged: the run is set aside, others go on (SEMANTICS 22). */
export interface Park {
  readonly kind: "park";
  readonly runId: RunId;
  readonly epoch: Epoch;
  readonly reason: ParkReason;
  readonly divergence: Divergence;
}

export type ParkReason = "diverged" | "unserializable" | "journal-full" | "poisoned";

/** A standby's body diverged: it is passed over for this run (SEMANTICS 19). */
export interface Unfit {
  readonly kind: "unfit";
  readonly runId: RunId;
  readonly member: ProcessId;
  readonly divergence: Divergence;
}

/** The owner of a suspect is about to run what may end it (SEMANTICS 21). */
export interface Enter {
  readonly kind: "enter";
  readonly runId: RunId;
  readonly owner: ProcessId;
  readonly epoch: Epoch;
  readonly suspect: Suspect;
}

/** A body that was entered is not asked for any more, before it came to an end. */
export interface Leave {
  readonly kind: "leave";
  readonly runId: RunId;
  readonly owner: ProcessId;
  readonly epoch: Epoch;
  readonly path: Path;
}

/** What of a run's user code may have ended its owner. */
export type Suspect =
  /** All that its body does up to its rest on this input. */
  | { readonly kind: "inputs"; readonly upTo: Position }
  | {
      readonly kind: "body";
      readonly path: Path;
      /** Kind and name of the effect, for people. */
      readonly title: string;
      /** Owners that were lost while it was pending. */
      readonly losses: number;
    };

/** A run goes on as another one that has what was recorded before one effect. */
export interface Reset {
  readonly kind: "reset";
  readonly runId: RunId;
  /** Of the first effect whose record is not kept; `start`: nothing is. */
  readonly to: Path;
  /** Minted by the caller, as a signal's. */
  readonly id: string;
}

/** Ends the parking of a run: a new epoch, a new try. */
export interface Resume {
  readonly kind: "resume";
  readonly runId: RunId;
}

/** Ends a run from outside; its body is not asked. */
export interface Terminate {
  readonly kind: "terminate";
  readonly runId: RunId;
  readonly reason: string;
}

/** The leader found that a run's time is up; log time decides (SEMANTICS 6). */
export interface Expire {
  readonly kind: "expire";
  readonly runId: RunId;
}

/** Forgets runs that ended long ago: the leader names them, apply sees whether it is time. */
export interface Purge {
  readonly kind: "purge";
  /** Log time since their end. */
  readonly afterMs: number;
  readonly runIds: readonly RunId[];
}

export type Command =
  | Purge
  | Start
  | StartChild
  | CloseChild
  | Signal
  | Cancel
  | Batches
  | Announce
  | AssignOwners
  | Claim
  | Enter
  | Leave
  | Park
  | Unfit
  | Resume
  | Reset
  | Terminate
  | Expire
  | Move;

export type BatchReply =
  | { readonly kind: "accepted" }
  | { readonly kind: "duplicate" }
  | { readonly kind: "gap"; readonly expected: number }
  | { readonly kind: "stale" };

export type Reply =
  | { readonly kind: "started"; readonly runId: RunId }
  | { readonly kind: "joined"; readonly runId: RunId }
  | { readonly kind: "conflict"; readonly runId: RunId; readonly differs: string }
  | { readonly kind: "batches"; readonly replies: readonly BatchReply[] }
  | { readonly kind: "announced"; readonly incarnation: number }
  /** The process does not know all that the log may hold: its build must be of this level. */
  | { readonly kind: "too-old"; readonly needed: number }
  | { readonly kind: "done" }
  /** The run has the signal, from now or from before. */
  | { readonly kind: "signalled"; readonly runId: RunId }
  /** No run has this workflow id. */
  | { readonly kind: "unknown" }
  /** The run is over: nothing more comes to it. */
  | { readonly kind: "ended"; readonly status: string }
  /** The run has as many as one may have. */
  | { readonly kind: "full"; readonly limit: number; readonly of: "signals" | "records" }
  /** Nothing changed: the command was late, repeated or about something unknown. */
  | { readonly kind: "ignored"; readonly why: string };

/** A hint that something changed; the state is the truth, and losing an event only delays. */
export type MachineEvent =
  | { readonly kind: "run"; readonly runId: RunId }
  | { readonly kind: "member"; readonly node: NodeId };

/** Where in the log the command stands, and the leader's stamp. */
export interface CommandContext {
  readonly index: Index;
  /** Place among the commands of one entry; with `index` it makes run ids. */
  readonly offset: number;
  readonly stampMs: number;
}

/** What a command did. `events` are in the order in which things changed. */
export interface Applied {
  readonly reply: Reply;
  readonly events: readonly MachineEvent[];
}

export const ignored = (why: string): Applied => ({ reply: { kind: "ignored", why }, events: [] });
