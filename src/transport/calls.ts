// Requests under way, until they settle: by an answer, a time-out or the end of their transport.

import type { RaftoralError } from "../errors.ts";
import { Overloaded } from "../errors.ts";
import type { Timer, Timers } from "../std/clock.ts";
import { type Deferred, deferred } from "../std/deferred.ts";
import { deliveryError } from "./delivery-error.ts";

/** Requests of one process that wait for their answers; one more is refused. */
export const CALLS_MAX = 10_000;

interface Waiting<Answer> {
  readonly to: string;
  readonly answer: Deferred<Answer>;
  readonly timer: Timer;
}

export interface Call<Answer> {
  readonly rpcId: number;
  readonly answer: Promise<Answer>;
}

export class Calls<Answer> {
  readonly #timers: Timers;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #lastId = 0;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** @throws Overloaded */
  begin(to: string, timeoutMs: number): Call<Answer> {
    if (this.#waiting.size >= CALLS_MAX) {
      throw new Overloaded(`${CALLS_MAX} requests wait for their answers: try again later`);
    }
    const rpcId = ++this.#lastId;
    const timer = this.#timers.set(timeoutMs, () =>
      this.reject(rpcId, deliveryError("timed-out", to)),
    );
    const answer = deferred<Answer>();
    this.#waiting.set(rpcId, { to, answer, timer });
    return { rpcId, answer: answer.promise };
  }

  /** False: nobody waits for it, or not any more. */
  resolve(rpcId: number, answer: Answer): boolean {
    const waiting = this.#take(rpcId);
    waiting?.answer.resolve(answer);
    return waiting !== undefined;
  }

  reject(rpcId: number, error: RaftoralError): boolean {
    const waiting = this.#take(rpcId);
    waiting?.answer.reject(error);
    return waiting !== undefined;
  }

  /** Whom a request that still waits was sent to. */
  asked(rpcId: number): string | undefined {
    return this.#waiting.get(rpcId)?.to;
  }

  close(): void {
    for (const [rpcId, { to }] of this.#waiting) this.reject(rpcId, deliveryError("closed", to));
  }

  #take(rpcId: number): Waiting<Answer> | undefined {
    const waiting = this.#waiting.get(rpcId);
    this.#waiting.delete(rpcId);
    waiting?.timer.cancel();
    return waiting;
  }
}
