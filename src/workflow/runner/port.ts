// What the runner needs from its node. Every message across could be structured-cloned, so that the
// engine may live on another thread than the user code that runs here (DESIGN §3).

import type { Clock, Timers } from "../../std/clock.ts";
import type { Position, RunId } from "../../std/ids.ts";
import type { CallBody } from "../dsl/call.ts";
import type { LogLevel } from "../dsl/effect.ts";
import type { EffectIdentity, ProcessId } from "../dsl/record.ts";
import type { AnySchema } from "../dsl/schema.ts";
import type { ValueCodec } from "../dsl/value-codec.ts";
import type { Command } from "../machine/command.ts";

export interface RunnerPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly codec: ValueCodec;
  /** A share in [0, 1) for the jitter of retries. */
  unit(): number;
  /**
   * Proposes, and goes on proposing until this node applied it or stops.
   * `overloaded`: nothing was taken; offer it again later.
   */
  submit(command: Command): "accepted" | "overloaded";
  /** This process, once its announcement was applied. Acts for nothing before (SEMANTICS 15). */
  self(): ProcessId | undefined;
  /** Hash of cluster uuid, workflow id, run id and the effect's path, kind and name. */
  idempotencyKey(
    run: { readonly workflowId: string; readonly id: RunId },
    effect: EffectIdentity,
  ): string;
  log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): void;
  /** The user's place in the stack of a suspended body; asked when a body has diverged. */
  readonly locate?: ((stack: string) => string | undefined) | undefined;
  /** Runs a workflow's code up to its next effect. Default: as it is. */
  readonly enclose?: (<T>(workflow: string, step: () => T) => T) | undefined;
  /** Told of each attempt of an effect body as it starts: for those who count. */
  onAttempt?(
    run: { readonly workflowId: string; readonly id: RunId },
    effect: EffectIdentity,
    attempt: number,
  ): void;
  /** What is called in the place of an effect's own body: for tests. Default: its own. */
  bodyOf?(
    run: { readonly workflowId: string; readonly id: RunId },
    effect: EffectIdentity,
    own: OwnCall,
  ): CallBody;
  /** Told what user code runs now: for whoever watches over a loop that stands still. */
  readonly activity?: Activity;
  /** What effect bodies get as `fx.deps`. */
  readonly deps: unknown;
}

/** What an effect would do by itself. */
export interface OwnCall {
  /** With the schema's part in it. */
  readonly body: CallBody;
  readonly schema: AnySchema | undefined;
}

export interface Activity {
  /** User code begins: the stretch after a position, or an attempt of an effect's body. */
  enter(runId: RunId, at: Position | EffectIdentity): void;
  /** The runner has nothing more to do in this turn. */
  leave(): void;
}

/** Named limits of the runner; what happens at each stands beside it. */
export interface RunnerLimits {
  /** Effects of one stretch before the event loop gets its turn; the stretch then goes on. */
  readonly stretchFuel: number;
  /** Unaccepted batches of one run; more writes wait in its outbox and ride the next batch. */
  readonly inflightBatchesPerRun: number;
  /** Items of one batch; what is left rides the next. */
  readonly batchItems: number;
  /** Payload bytes of one batch, once passed; what is left rides the next. */
  readonly batchBytes: number;
  /** Payload bytes of one command, once passed; batches of more runs ride the next. */
  readonly commandBytes: number;
  /** Effect bodies under way on this node; more wait their turn, first come, first served. */
  readonly concurrentEffects: number;
  /**
   * Owners that may be lost over one effect body (21): the last one of them while no other suspect
   * ran beside it; then its run is set aside. At least 2.
   */
  readonly maxLosses: number;
  /** How long a suspect runs alone; then those that wait for it go on beside it. */
  readonly suspectAloneMs: number;
  /** Heartbeats of one attempt are recorded no more often; the latest waits. */
  readonly heartbeatEveryMs: number;
  /** Runs with a generator in memory; of more, those that rest and were not touched for longest are
   * given up, and rebuilt from their journals when something happens to them. */
  readonly warmRuns: number;
  /** Runs that wait to be advanced; more are looked at in the next turn. */
  readonly turnRuns: number;
  /** How long a turn goes on looking at runs, and then advancing them; more have the next one. */
  readonly turnMs: number;
  /**
   * For how long a run rests, at least, until its owner tells so, and of how many runs at a time;
   * more are told of in the next look. An owner that is lost before makes it a suspect (21).
   */
  readonly restMs: number;
  readonly restRuns: number;
  /** How often the sweep looks for work whose event was lost, and how many runs it visits. */
  readonly sweepMs: number;
  readonly sweepRuns: number;
}

export const runnerLimits: RunnerLimits = {
  stretchFuel: 1_000,
  inflightBatchesPerRun: 16,
  batchItems: 4_096,
  batchBytes: 256 * 1024,
  commandBytes: 512 * 1024,
  concurrentEffects: 1_000,
  maxLosses: 3,
  suspectAloneMs: 5_000,
  heartbeatEveryMs: 1_000,
  warmRuns: 1_000,
  turnRuns: 256,
  turnMs: 2,
  restMs: 50,
  restRuns: 1_000,
  sweepMs: 1_000,
  sweepRuns: 1_000,
};
