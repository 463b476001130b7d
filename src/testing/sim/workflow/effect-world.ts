// The outside world: every execution of an effect body, by whom, under which epoch; ended when the
// simulation says so.

import { type Deferred, deferred } from "../../../std/deferred.ts";
import type { Fx } from "../../../workflow/dsl/call.ts";
import type { Execution } from "./checks.ts";
import { type Fate, fatalError, isFailing } from "./fate.ts";

export interface OpenExecution extends Execution {
  readonly fate: Fate | undefined;
  readonly end: Deferred<number>;
}

/** What a process's effect bodies get as `fx.deps`. */
export interface EffectWorld {
  /** `fate`: what is to become of it; without one chance says it. */
  execute(fx: Fx<EffectWorld>, fate?: Fate): Promise<number>;
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
      execute: (fx, fate) => {
        const execution: OpenExecution = {
          process,
          runId: fx.runId,
          key: fx.idempotencyKey,
          epoch: fx.fencingToken,
          attempt: fx.attempt,
          isRecovery: fx.isRecovery,
          lastHeartbeat: fx.lastHeartbeat,
          signal: fx.signal,
          fate,
          end: deferred<number>(),
          gave: undefined,
          hasFailed: false,
        };
        // A body that nobody waits for any more may fail unheard.
        execution.end.promise.catch(() => {});
        this.executions.push(execution);
        if (fate?.hangs !== true) this.#open.push(execution);
        if (fx.idempotencyKey.length % 3 === 0) fx.heartbeat(fx.attempt);
        return execution.end.promise;
      },
    };
  }

  /** Ends one body, with a value or an error. */
  finish(execution: OpenExecution, value: number, isUnlucky: boolean): void {
    const { fate } = execution;
    const fails = fate === undefined ? isUnlucky : isFailing(fate, execution.attempt);
    execution.gave = fate?.value ?? value;
    execution.hasFailed = fails;
    this.#open = this.#open.filter((other) => other !== execution);
    if (!fails) execution.end.resolve(execution.gave);
    else execution.end.reject(fate === undefined ? failureOf(value) : fatalError(fate));
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
