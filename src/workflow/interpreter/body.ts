// One run's generator between its journal's inputs: fed, resumed, asked, never waited for.

import { BEFORE_START, type Path, type Position } from "../../std/ids.ts";
import type { CallBody, CallOptions } from "../dsl/call.ts";
import type { Gen, LogLevel, WriteKind } from "../dsl/effect.ts";
import type { Divergence, EffectIdentity, Outcome, Value } from "../dsl/record.ts";
import type { ValueCodec } from "../dsl/value-codec.ts";
import type { Journal } from "./journal.ts";

export type Role = "owner" | "standby" | "replay";

/** Why `advance` returned. */
export type Advance =
  /** At rest; the journal has no further input. */
  | { readonly kind: "blocked" }
  /** At rest; the next input waits until the owner's `through` has passed it (standby only). */
  | { readonly kind: "behind" }
  /** The fuel is spent in the middle of a stretch: call again. */
  | { readonly kind: "paused" }
  /** A follower in an open stretch came to a write that is not in the journal yet (SEMANTICS 4). */
  | { readonly kind: "stuck"; readonly path: Path }
  | { readonly kind: "finished"; readonly outcome: Outcome }
  | { readonly kind: "diverged"; readonly divergence: Divergence };

/** A leaf that a branch is suspended at. */
export interface Barrier {
  readonly effect: EffectIdentity;
  /** Cursor of the stretch that asked for it. */
  readonly registeredAt: Position;
  /** Of a sleep: log time at which it is over. */
  readonly dueMs?: number;
  /** Of a compute or step. */
  readonly call?: BarrierCall;
}

export interface BarrierCall {
  readonly body: CallBody;
  readonly options: CallOptions;
  /** As it was when it was asked for; each read gives a fresh copy, so that no attempt changes another's. */
  readonly input: unknown;
}

/** A write of the owner that the group has not been told of. */
export interface PendingWrite {
  readonly path: Path;
  readonly write: WriteKind;
  readonly name: string;
  readonly value: Value;
  readonly cursor: Position;
}

export interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface BodyOptions {
  readonly run: (input: unknown) => Gen<unknown>;
  readonly journal: Journal;
  readonly codec: ValueCodec;
  /** Where a suspended generator stands in the user's source; asked once, when the body has diverged. */
  readonly locate?: (generator: object) => string | undefined;
}

export class Body {
  readonly barriers: ReadonlyMap<Path, Barrier> = new Map();
  readonly cursor: Position = BEFORE_START;
  readonly rested: Position = BEFORE_START;
  readonly isAtRest: boolean = false;
  readonly finished: Outcome | undefined;
  readonly divergence: Divergence | undefined;
  readonly mismatches: number = 0;

  constructor(_options: BodyOptions) {}

  advance(_role: Role, _fuel: number): Advance {
    return { kind: "blocked" };
  }

  takeWrites(): readonly PendingWrite[] {
    return [];
  }

  takeLogs(): readonly LogRecord[] {
    return [];
  }
}
