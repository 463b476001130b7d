// How a test answers one effect that a stepped workflow waits at.

import { TimedOut } from "../../errors.ts";
import { durationMs } from "../../workflow/dsl/duration.ts";
import { refuseUnknown } from "../../workflow/dsl/known-options.ts";
import { nextRetry } from "../../workflow/dsl/retry.ts";
import type { Barrier } from "../../workflow/interpreter/body.ts";
import { words } from "../../workflow/interpreter/divergence.ts";
import { checkObject, refused } from "../arguments.ts";
import type { Stepper } from "./stepper.ts";

export interface FailOptions {
  /** Attempts that fail, one after the other. Default 1. */
  readonly times?: number;
  /** What each of them throws. */
  readonly with: unknown;
}

/** A step or compute that the workflow waits at. It is answered once. */
export interface CallControl<R> {
  readonly path: string;
  /** As the body would get it; undefined for a compute. */
  readonly input: unknown;
  /** The attempt that an answer would end: 1, and one more for each that failed. */
  readonly attempt: number;
  /** The body gave this: the workflow goes on until it waits again. */
  resolve(...value: undefined extends R ? [value?: R] : [value: R]): void;
  /** The effect has failed for good: the workflow gets this error, whatever the retry policy. */
  reject(error: unknown): void;
  /**
   * Attempts fail, and the effect's own retry policy decides what that means: with attempts left
   * the workflow still waits here, and the next answer is that of the next attempt; with none it
   * gets the error.
   */
  fail(options: FailOptions): CallControl<R>;
  /** As `fail`, by the time-out of the attempt. */
  timeOut(options?: { readonly times?: number }): CallControl<R>;
}

/** A durable timer that the workflow waits at. */
export interface SleepControl {
  readonly path: string;
  /** From now until it is over. */
  readonly durationMs: number;
  /** The time passes: `now()` is then at the timer's end. */
  elapse(): void;
}

/** A `receive` that the workflow waits at. */
export interface SignalControl<T> {
  readonly path: string;
  /** Undefined: it waits for ever. */
  readonly timeoutMs: number | undefined;
  /** The signal comes. */
  deliver(...value: undefined extends T ? [value?: T] : [value: T]): void;
  /** None comes in time: the workflow gets `undefined`. */
  timeout(): void;
}

/** A child that the workflow waits for: its end, or its start alone. */
export interface ChildControl<O> {
  readonly path: string;
  readonly workflowId: string;
  /** As it was given; undefined where only the end is waited for. */
  readonly input: unknown;
  /** The child is started; of `child.start` the workflow gets the handle. */
  started(): void;
  /** The child ended with this. */
  resolve(...value: undefined extends O ? [value?: O] : [value: O]): void;
  /** The workflow gets this error: `WorkflowFailed`, `WorkflowConflict`, … */
  reject(error: unknown): void;
}

export function childControl<O>(stepper: Stepper, { effect, child }: Barrier): ChildControl<O> {
  const start = child?.start;
  const isForStart = start?.waitsFor === "start";
  return {
    path: effect.path,
    workflowId: child?.workflowId ?? "",
    input: start === undefined ? undefined : stepper.codec.unpack(start.input),
    started: () => {
      if (isForStart) stepper.resolve(effect, child?.workflowId);
      else stepper.fail({ message: `the workflow waits for the end of ${words(effect)}` });
    },
    resolve: (...[value]) => {
      if (isForStart)
        stepper.fail({ message: `${words(effect)} is waited for no longer than its start` });
      stepper.resolve(effect, value);
    },
    reject: (error) => stepper.reject(effect, error),
  };
}

export function signalControl<T>(stepper: Stepper, barrier: Barrier): SignalControl<T> {
  const { effect, dueMs, schema } = barrier;
  return {
    path: effect.path,
    timeoutMs: dueMs === undefined ? undefined : Number(effect.inputHash),
    deliver: (...[value]) => stepper.signal(effect.name, value, schema),
    timeout: () => {
      if (dueMs === undefined) stepper.fail({ message: `receive ${effect.name} has no timeout` });
      stepper.journal.waitUntil(dueMs);
      stepper.resolve(effect, undefined);
    },
  };
}

export function callControl<R>(stepper: Stepper, barrier: Barrier): CallControl<R> {
  const { effect, call } = barrier;
  const control: CallControl<R> = {
    path: effect.path,
    input: call?.input,
    get attempt() {
      return stepper.failures(effect.path) + 1;
    },
    resolve: (...[value]) => stepper.resolve(effect, value),
    reject: (error) => stepper.reject(effect, error),
    fail: (options) => {
      checkFailure(options);
      const { times = 1, with: error } = options;
      for (let i = 0; i < times; i++) failOnce(stepper, barrier, error);
      return control;
    },
    timeOut: (options = {}) => {
      refuseUnknown("timeOut", options, { times: true });
      const { times = 1 } = options;
      const { timeout } = call?.options ?? {};
      if (timeout === undefined) {
        stepper.fail({ message: `${words(effect)} has no timeout: no attempt of it times out` });
      }
      const error = new TimedOut(`the attempt took longer than ${durationMs(timeout)} ms`);
      return control.fail({ times, with: error });
    },
  };
  return control;
}

function checkFailure(options: unknown): void {
  checkObject(options, "fail", "{ with: error, times? }");
  if (!Object.hasOwn(Object(options), "with")) throw refused("fail", "with: an error", undefined);
}

/** One attempt fails; the policy's waits are jumped over. */
export function failOnce(stepper: Stepper, { effect, call }: Barrier, error: unknown): void {
  const failures = stepper.failures(effect.path) + 1;
  if (stepper.barrier(effect.path) === undefined) {
    stepper.failSettled(effect);
  }
  const waitMs = nextRetry(call?.options.retry, { failures, error, unit: 0 });
  if (waitMs === undefined) stepper.reject(effect, error);
  else {
    stepper.retry(effect, error);
    stepper.journal.waitUntil(stepper.journal.nowMs + waitMs);
  }
}

export function sleepControl(stepper: Stepper, { effect, dueMs = 0 }: Barrier): SleepControl {
  return {
    path: effect.path,
    durationMs: Math.max(0, dueMs - stepper.journal.nowMs),
    elapse: () => {
      stepper.journal.waitUntil(dueMs);
      stepper.resolve(effect, undefined);
    },
  };
}
