// Requests under way, until they settle: by an answer, a time-out or the end of their transport.

import type { RaftoralError } from "../errors.ts";
import { Overloaded } from "../errors.ts";
import type { Timer, Timers } from "../std/clock.ts";
import { type Deferred, deferred } from "../std/deferred.ts";
import { deliveryError } from "./delivery-error.ts";

/** Requests of one process that wait for their answers; one more is refused. */
export const CALLS_MAX = 10_000;

interface Waiting<Answer> extends Callee {
  readonly answer: Deferred<Answer>;
  readonly timer: Timer;
}

/** Whom a request is sent to, and on which subject. */
export interface Callee {
  readonly peer: string;
  readonly subject: string;
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
  begin({ peer, subject }: Callee, timeoutMs: number): Call<Answer> {
    if (this.#waiting.size >= CALLS_MAX) {
      throw new Overloaded(`${CALLS_MAX} requests wait for their answers: try again later`);
    }
    const rpcId = ++this.#lastId;
    const timer = this.#timers.set(timeoutMs, () =>
      this.reject(rpcId, deliveryError("timed-out", peer)),
    );
    const answer = deferred<Answer>();
    this.#waiting.set(rpcId, { peer, subject, answer, timer });
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
    return this.#waiting.get(rpcId)?.peer;
  }

  /** What was sent on this subject did not arrive, and will not. */
  rejectOn(subject: string, error: RaftoralError): void {
    for (const [rpcId, waiting] of this.#waiting) {
      if (waiting.subject === subject) this.reject(rpcId, error);
    }
  }

  close(): void {
    for (const [rpcId, { peer }] of this.#waiting) {
      this.reject(rpcId, deliveryError("closed", peer));
    }
  }

  #take(rpcId: number): Waiting<Answer> | undefined {
    const waiting = this.#waiting.get(rpcId);
    this.#waiting.delete(rpcId);
    waiting?.timer.cancel();
    return waiting;
  }
}
