// The compute and step bodies of one run, on its owner: when each attempt starts, and what its end
// means. A call is waiting (a slot, a retry's time), running, or reported (its end is in the
// stream).

import type { Timer } from "../../std/clock.ts";
import type { Path } from "../../std/ids.ts";
import type { FxLog } from "../dsl/call.ts";
import type { LogLevel } from "../dsl/effect.ts";
import type { EffectIdentity } from "../dsl/record.ts";
import { nextRetry } from "../dsl/retry.ts";
import type { Barrier } from "../interpreter/body.ts";
import type { Attempts, Run } from "../machine/state.ts";
import { type Attempt, type AttemptEnd, runAttempt } from "./executor.ts";
import { type DriverDoors, TIMER_MAX_MS } from "./sleeps.ts";

type CallOf = NonNullable<Barrier["call"]>;

type Call =
  | { readonly kind: "delayed"; readonly timer: Timer }
  | { readonly kind: "running"; readonly attempt: Attempt }
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

  constructor(run: Run, doors: DriverDoors, slots: EffectSlots) {
    this.#run = run;
    this.#doors = doors;
    this.#slots = slots;
  }

  /** Is a body under way, or its end on its way to the group? */
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
    if (present !== undefined && !isAccepted(present, past)) return;
    const waitMs = (past?.notBeforeMs ?? 0) - this.#doors.ports.clock.wallMs();
    if (waitMs > 0) this.#delay(path, waitMs);
    else if (this.#slots.take()) this.#start(barrier, call, past?.failures ?? 0);
  }

  /** Bodies whose branch lost, or whose barrier was settled, are told by their signal. */
  keepOnly(barriers: ReadonlyMap<Path, Barrier>): void {
    for (const path of this.#calls.keys()) {
      if (!barriers.has(path))
        this.#drop(path, new Error("the branch of this effect was cancelled"));
    }
  }

  dropAll(why: Error): void {
    for (const path of this.#calls.keys()) this.#drop(path, why);
  }

  #drop(path: Path, why: Error): void {
    const call = this.#calls.get(path);
    this.#calls.delete(path);
    if (call?.kind === "delayed") call.timer.cancel();
    if (call?.kind !== "running") return;
    call.attempt.abort(why);
    this.#slots.free();
  }

  #delay(path: Path, waitMs: number): void {
    const timer = this.#doors.ports.timers.set(Math.min(waitMs, TIMER_MAX_MS), () => {
      this.#calls.delete(path);
      this.#doors.wake();
    });
    this.#calls.set(path, { kind: "delayed", timer });
  }

  #start(barrier: Barrier, call: CallOf, failures: number): void {
    const { ports } = this.#doors;
    const run = this.#run;
    const { effect } = barrier;
    // Rule 13: each change of epoch since the effect was asked for counts one attempt,
    // outside the budget.
    const changes = run.epochMarks.filter((mark) => mark > barrier.registeredAt).length;
    const attempt = 1 + failures + changes;
    const names = {
      workflowId: run.workflowId,
      runId: run.id,
      effect: effect.name,
      path: effect.path,
      attempt,
    };
    ports.onAttempt?.(run, effect, attempt);
    const handle = runAttempt(
      {
        ...call,
        fx: {
          workflowId: run.workflowId,
          runId: run.id,
          attempt,
          fencingToken: run.epoch,
          isRecovery: changes > 0,
          log: effectLog(ports.log, names),
        },
        idempotencyKey: () => ports.idempotencyKey(run, effect),
      },
      ports,
      (end) => this.#onEnd(effect, call, { failures, end }),
    );
    this.#calls.set(effect.path, { kind: "running", attempt: handle });
  }

  #onEnd(
    effect: EffectIdentity,
    call: CallOf,
    { failures, end }: { readonly failures: number; readonly end: AttemptEnd },
  ): void {
    this.#slots.free();
    this.#calls.set(effect.path, { kind: "reported", failures });
    const { ports, say, wake } = this.#doors;
    if (end.ok) say({ kind: "outcome", effect, outcome: { ok: true, value: end.value } });
    else {
      const { failure, error } = end;
      const retryInMs = nextRetry(call.options.retry, {
        failures: failures + 1,
        error,
        unit: ports.unit(),
      });
      if (retryInMs === undefined)
        say({ kind: "outcome", effect, outcome: { ok: false, failure } });
      else say({ kind: "attempt", effect, attempt: failures + 1, failure, retryInMs });
    }
    wake();
  }
}

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
