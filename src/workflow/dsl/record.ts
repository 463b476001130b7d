// What the group accepted for a run, as the machine keeps it and the interpreter reads it.
// Values are encoded bytes: opaque to both, decoded by the body's codec when they are fed.

import type { Index, NodeId, Path, Position } from "../../std/ids.ts";
import type { LeafKind, WriteKind } from "./effect.ts";
import type { Failure } from "./failure.ts";

export type Value = Uint8Array;

/** How an effect, or a whole run, ended. */
export type Outcome =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure };

/** How a body ended when it was by neither its return nor its throw. */
export type OtherEnd =
  | { readonly kind: "cancelled"; readonly reason: string }
  | { readonly kind: "continued"; readonly input: Value; readonly inputHash: string };

/** An effect as its path identifies it: what standbys and replays compare (SEMANTICS 19). */
export interface EffectIdentity {
  readonly path: Path;
  readonly kind: LeafKind;
  /** The user's name; "" for a sleep. */
  readonly name: string;
  /** Hash of the input (a step's argument, a sleep's or time-out's duration); "" without one. */
  readonly inputHash: string;
}

/** What is fed to a body, strictly in order of position (SEMANTICS 1). */
export type Input = InputStamp &
  (
    | { readonly kind: "start" }
    | {
        readonly kind: "outcome";
        readonly effect: EffectIdentity;
        readonly outcome: Outcome;
      }
    | SignalInput
    | { readonly kind: "cancel"; readonly reason: string }
  );

export interface SignalInput {
  readonly kind: "signal";
  /** Minted by the caller: the same signal sent twice is one (SEMANTICS 25). */
  readonly id: string;
  readonly name: string;
  readonly value: Value;
}

export interface InputStamp {
  readonly position: Position;
  /** The log entry that brought it. */
  readonly index: Index;
  /** Log time: the leader's stamp, never less than any before (SEMANTICS 6). */
  readonly atMs: number;
}

/** A write-behind effect's record, found by path wherever it lies (SEMANTICS 4). */
export interface WriteRecord {
  readonly path: Path;
  readonly kind: WriteKind;
  readonly name: string;
  readonly value: Value;
  /** Cursor of the stretch that wrote it. */
  readonly cursor: Position;
  readonly position: Position;
}

/** What a body asked for, or found, against what the journal holds. */
export interface Divergence {
  readonly path: string;
  /** What the accepted history has at this place, in words: `compute charge`, `nothing`. */
  readonly recorded: string;
  /** What the body did instead. */
  readonly actual: string;
  /** One sentence that says which law was broken. */
  readonly reason: string;
  /** Where in the user's source, where it can be told: `file:line:column`. */
  readonly source?: string;
}

/** A process: SEMANTICS 15. */
export interface ProcessId {
  readonly node: NodeId;
  readonly incarnation: number;
}
