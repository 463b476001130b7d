// The outside world: every execution of an effect body, by whom, under which epoch; ended when the
// simulation says so.

import { type Deferred, deferred } from "../../../std/deferred.ts";
import type { Fx } from "../../../workflow/dsl/call.ts";
import type { Execution } from "./checks.ts";

export interface OpenExecution extends Execution {
  readonly signal: AbortSignal;
  readonly end: Deferred<number>;
}

/** What a process's effect bodies get as `fx.deps`. */
export interface EffectWorld {
  execute(fx: Fx<EffectWorld>): Promise<number>;
}

export class Outside {
  readonly executions: OpenExecution[] = [];
  #open: OpenExecution[] = [];

  /** Bodies that have not ended. */
  get open(): readonly OpenExecution[] {
    return this.#open;
  }

  door(process: number): EffectWorld {
    return {
      execute: (fx) => {
        const execution: OpenExecution = {
          process,
          runId: fx.runId,
          key: fx.idempotencyKey,
          epoch: fx.fencingToken,
          attempt: fx.attempt,
          isRecovery: fx.isRecovery,
          signal: fx.signal,
          end: deferred<number>(),
          gave: undefined,
          hasFailed: false,
        };
        // A body that nobody waits for any more may fail unheard.
        execution.end.promise.catch(() => {});
        this.executions.push(execution);
        this.#open.push(execution);
        return execution.end.promise;
      },
    };
  }

  /** Ends one body, with a value or an error. */
  finish(execution: OpenExecution, value: number, isFailing: boolean): void {
    execution.gave = value;
    execution.hasFailed = isFailing;
    this.#open = this.#open.filter((other) => other !== execution);
    if (isFailing) execution.end.reject(failureOf(value));
    else execution.end.resolve(value);
  }

  /** The process is gone: its bodies never end. */
  forget(process: number): void {
    this.#open = this.#open.filter((execution) => execution.process !== process);
  }
}

/** Without its stack: who called the simulation is no part of the trace. */
function failureOf(value: number): Error {
  const error = new Error(`failed ${value}`);
  error.stack = "";
  return error;
}
