// The compute and step bodies of one run, on its owner: when each attempt starts, and what its end
// means. A call is waiting (a slot, a retry's time), marked (its start marker is on its way),
// running, or reported (its end is in the stream).

import { EffectOutcomeUnknown, TimedOut } from "../../errors.ts";
import type { Timer } from "../../std/clock.ts";
import type { Path } from "../../std/ids.ts";
import type { FxLog } from "../dsl/call.ts";
import { durationMs } from "../dsl/duration.ts";
import type { LogLevel } from "../dsl/effect.ts";
import { nextRetry } from "../dsl/retry.ts";
import { accepted } from "../dsl/schema.ts";
import type { Barrier } from "../interpreter/body.ts";
import { attemptOf } from "../machine/run.ts";
import type { Attempts, Run } from "../machine/state.ts";
import { type Attempt, type AttemptEnd, runAttempt } from "./executor.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { OwnCall } from "./port.ts";
import { type DriverDoors, TIMER_MAX_MS } from "./sleeps.ts";
import { SuspectBodies } from "./suspect-bodies.ts";

type CallOf = NonNullable<Barrier["call"]>;

type Call =
  | { readonly kind: "delayed"; readonly timer: Timer }
  /** Holds a slot; the nonce is spent at the start, and forgotten with the epoch (rule 12). */
  | { readonly kind: "marked"; readonly nonce: string }
  | { readonly kind: "running"; readonly attempt: Attempt; readonly heartbeat: Heartbeat }
  /** The end of the attempt after `failures` failed ones is in the stream. */
  | { readonly kind: "reported"; readonly failures: number };

export interface EffectSlots {
  /** False: none is free; the driver is woken when one is. */
  take(): boolean;
  free(): void;
}

export class Calls {
  readonly #run: Run;
  readonly #doors: DriverDoors;
  readonly #slots: EffectSlots;
  readonly #calls = new Map<Path, Call>();
  /** Of calls with a limit over all attempts. */
  readonly #deadlines = new Map<Path, Timer>();
  readonly #suspects: SuspectBodies;
  #markers = 0;

  constructor(run: Run, doors: DriverDoors, slots: EffectSlots) {
    this.#run = run;
    this.#doors = doors;
    this.#slots = slots;
    this.#suspects = new SuspectBodies(run, doors);
  }

  /** Is a body or marker under way, or its end on its way to the group? */
  get isBusy(): boolean {
    for (const call of this.#calls.values()) if (call.kind !== "delayed") return true;
    return false;
  }

  /**
   * Starts the next attempt of a pending call unless one is under way, reported, or not due yet.
   */
  owe(barrier: Barrier, call: CallOf): void {
    const { path } = barrier.effect;
    const past = this.#run.attempts.get(path);
    const present = this.#calls.get(path);
    if (present?.kind === "marked") {
      this.#onMarked(barrier, call, present.nonce);
      return;
    }
    if (present !== undefined && !isAccepted(present, past)) return;
    const { clock } = this.#doors.ports;
    if (this.#isOverdue(barrier)) {
      this.#expire(barrier, call);
      return;
    }
    const waitMs = (past?.notBeforeMs ?? 0) - clock.wallMs();
    if (waitMs > 0) this.#delay(path, waitMs);
    else if (this.#run.markers.has(path)) {
      // It is of an attempt whose end nobody knows (rule 12).
      this.#unknown(barrier, `the owner of "${barrier.effect.name}" was lost after it had begun`);
    } else if (!this.#suspects.mayStart(barrier)) return;
    else if (call.options.atMostOnce === true) this.#mark(barrier);
    else if (this.#slots.take()) this.#start(barrier, call);
  }

  /** Bodies whose branch lost, or whose barrier was settled, are told by their signal. */
  keepOnly(barriers: ReadonlyMap<Path, Barrier>): void {
    for (const path of this.#calls.keys()) {
      if (!barriers.has(path)) this.#drop(path, branchCancelled);
    }
    for (const path of this.#deadlines.keys()) if (!barriers.has(path)) this.#disarm(path);
    this.#suspects.keepOnly(barriers);
  }

  dropAll(why: Error): void {
    for (const path of this.#calls.keys()) this.#drop(path, () => why);
    for (const path of this.#deadlines.keys()) this.#disarm(path);
    this.#suspects.keepOnly(new Map());
  }

  /** Suspects that the group knows to be over make way for the next ones. */
  leaveSuspects(): void {
    this.#suspects.settle();
  }

  /** A change of epoch took back all that was entered. */
  forgetSuspects(): void {
    this.#suspects.forget();
  }

  /** `why` is asked for where a body is told: most calls go since they are done. */
  #drop(path: Path, why: () => Error): void {
    const call = this.#calls.get(path);
    this.#calls.delete(path);
    this.#suspects.leave(path, "dropped");
    if (call?.kind === "delayed") call.timer.cancel();
    if (call?.kind === "marked") this.#slots.free();
    if (call?.kind !== "running") return;
    call.attempt.abort(why());
    call.heartbeat.stop();
    this.#slots.free();
  }

  #disarm(path: Path): void {
    this.#deadlines.get(path)?.cancel();
    this.#deadlines.delete(path);
  }

  #delay(path: Path, waitMs: number): void {
    const timer = this.#doors.ports.timers.set(Math.min(waitMs, TIMER_MAX_MS), () => {
      this.#calls.delete(path);
      this.#doors.wake();
    });
    this.#calls.set(path, { kind: "delayed", timer });
  }

  #mark({ effect: { path } }: Barrier): void {
    if (!this.#slots.take()) return;
    const { ports, say, wake } = this.#doors;
    // Unlike any other's, and unlike any that this process made before.
    const nonce = `${this.#run.epoch}.${this.#markers++}.${ports.unit()}`;
    this.#calls.set(path, { kind: "marked", nonce });
    say({ kind: "marker", path, nonce });
    wake();
  }

  #onMarked(barrier: Barrier, call: CallOf, nonce: string): void {
    const { path } = barrier.effect;
    const marker = this.#run.markers.get(path);
    if (marker === undefined) return;
    if (marker === nonce) {
      this.#start(barrier, call);
      return;
    }
    this.#slots.free();
    this.#unknown(barrier, "another process has begun it");
  }

  #unknown(barrier: Barrier, why: string, cause?: unknown): void {
    const error = new EffectOutcomeUnknown(`${why}: it may have acted, and is not run again`, {
      cause,
    });
    this.#fail(barrier, error);
  }

  #fail({ effect }: Barrier, error: Error): void {
    const { ports, say, wake } = this.#doors;
    this.#suspects.leave(effect.path, "ended");
    this.#calls.set(effect.path, { kind: "reported", failures: this.#failures(effect.path) });
    const failure = ports.codec.encodeError(error);
    say({ kind: "outcome", effect, outcome: { ok: false, failure } });
    wake();
  }

  #failures(path: Path): number {
    return this.#run.attempts.get(path)?.failures ?? 0;
  }

  /** Is its limit over all attempts passed? Looks again when it is. */
  #isOverdue(barrier: Barrier): boolean {
    const { dueMs, effect } = barrier;
    if (dueMs === undefined) return false;
    const { clock, timers } = this.#doors.ports;
    const leftMs = dueMs - clock.wallMs();
    if (leftMs <= 0) return true;
    if (this.#deadlines.has(effect.path)) return false;
    const timer = timers.set(Math.min(leftMs, TIMER_MAX_MS), () => {
      this.#deadlines.delete(effect.path);
      const call = barrier.call;
      const isOpen = this.#calls.get(effect.path)?.kind !== "reported";
      if (call === undefined || !isOpen) return;
      if (this.#isOverdue(barrier)) this.#expire(barrier, call);
    });
    this.#deadlines.set(effect.path, timer);
    return false;
  }

  #expire(barrier: Barrier, { options }: CallOf): void {
    const { path, name } = barrier.effect;
    const limitMs = durationMs(options.totalTimeout ?? 0);
    const error = new TimedOut(
      `"${name}" was not done within ${limitMs} ms, all attempts together`,
    );
    this.#drop(path, () => error);
    const hasBegun = this.#run.markers.has(path);
    if (hasBegun) this.#unknown(barrier, error.message, error);
    else this.#fail(barrier, error);
  }

  #start(barrier: Barrier, call: CallOf): void {
    const { ports, limits } = this.#doors;
    const run = this.#run;
    const { effect } = barrier;
    const { path } = effect;
    const failures = this.#failures(path);
    const attempt = attemptOf(run, path, barrier.registeredAt);
    const { workflowId, id: runId } = run;
    const names = { workflowId, runId, effect: effect.name, path, attempt };
    const last = run.heartbeats.get(path);
    const heartbeat = new Heartbeat(this.#doors, path, limits.heartbeatEveryMs);
    const own = ownCall(call.body, barrier);
    ports.onAttempt?.(run, effect, attempt);
    ports.activity?.enter(run.id, effect);
    const handle = runAttempt(
      {
        options: call.options,
        // Read in the attempt: a type of the user's may throw when it makes the copy.
        get input() {
          return call.input;
        },
        body: ports.bodyOf?.(run, effect, own) ?? own.body,
        fx: {
          workflowId,
          runId,
          attempt,
          fencingToken: run.epoch,
          // The changes of epoch count, outside the budget.
          isRecovery: attempt > 1 + failures,
          log: effectLog(ports.log, names),
        },
        idempotencyKey: () => ports.idempotencyKey(run, effect),
        lastHeartbeat: () => (last === undefined ? undefined : ports.codec.decode(last)),
        onHeartbeat: (details) => heartbeat.beat(details),
      },
      ports,
      (end) => this.#onEnd(barrier, call, { failures, end, heartbeat }),
    );
    this.#calls.set(path, { kind: "running", attempt: handle, heartbeat });
  }

  #onEnd(
    barrier: Barrier,
    call: CallOf,
    how: {
      readonly failures: number;
      readonly end: AttemptEnd;
      readonly heartbeat: Heartbeat;
    },
  ): void {
    const { failures, end, heartbeat } = how;
    const { effect } = barrier;
    this.#slots.free();
    this.#suspects.leave(effect.path, "ended");
    const { say, wake } = this.#doors;
    if (end.ok) {
      heartbeat.stop();
      this.#calls.set(effect.path, { kind: "reported", failures });
      say({ kind: "outcome", effect, outcome: { ok: true, value: end.value } });
      wake();
      return;
    }
    heartbeat.flush();
    heartbeat.stop();
    const { failure, error, isCut = false } = end;
    if (isCut && call.options.atMostOnce === true) {
      this.#unknown(barrier, error instanceof Error ? error.message : String(error), error);
      return;
    }
    const retryInMs = this.#retryInMs(barrier, call, { failures: failures + 1, error });
    this.#calls.set(effect.path, { kind: "reported", failures });
    if (retryInMs === undefined) say({ kind: "outcome", effect, outcome: { ok: false, failure } });
    else say({ kind: "attempt", effect, attempt: failures + 1, failure, retryInMs });
    wake();
  }

  /** Undefined: it was the last attempt, by its policy or since the next would be too late. */
  #retryInMs(
    { dueMs }: Barrier,
    { options }: CallOf,
    failed: { readonly failures: number; readonly error: unknown },
  ): number | undefined {
    const { clock, unit } = this.#doors.ports;
    const retryInMs = nextRetry(options.retry, { ...failed, unit: unit() });
    if (retryInMs === undefined || dueMs === undefined) return retryInMs;
    return clock.wallMs() + retryInMs >= dueMs ? undefined : retryInMs;
  }
}

/** The schema is asked in the attempt: its time is limited, and what it throws is a failure. */
function ownCall(body: CallOf["body"], { effect, schema }: Barrier): OwnCall {
  if (schema === undefined) return { body, schema };
  const of = `step "${effect.name}"`;
  return { schema, body: async (input, fx) => body(await accepted(schema, input, of), fx) };
}

const branchCancelled = (): Error => new Error("the branch of this effect was cancelled");

/** A reported failure that the group has counted makes way for the next attempt. */
function isAccepted(call: Call, past: Attempts | undefined): boolean {
  return call.kind === "reported" && (past?.failures ?? 0) > call.failures;
}

function effectLog(
  log: (level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>) => void,
  names: Readonly<Record<string, unknown>>,
): FxLog {
  const at =
    (level: LogLevel) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      log(level, message, { ...fields, ...names });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
