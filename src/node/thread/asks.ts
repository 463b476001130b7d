// What the user's side asked of the engine, until it is answered.

import { Overloaded, RaftoralError, TimedOut } from "../../errors.ts";
import type { Timers } from "../../std/clock.ts";
import { type Deferred, deferred } from "../../std/deferred.ts";
import type { ClientTransport } from "../../transport/port.ts";
import { type ErrorData, errorOf, type ToEngine, type UserLink } from "./messages.ts";

export interface AsksParts {
  readonly link: Pick<UserLink, "post">;
  readonly timers: Timers;
  readonly callsMax: number;
}

export class Asks {
  readonly #parts: AsksParts;
  readonly #calls = new Map<number, Deferred<Uint8Array>>();
  readonly #settles = new Map<number, Deferred<void>>();
  #ids = 0;
  #end: Error | undefined;
  #lost: Error | undefined;

  constructor(parts: AsksParts) {
    this.#parts = parts;
  }

  /** A place from which calls go to the engine alone. */
  transport(name: string, maxBodyBytes: number): ClientTransport {
    return {
      name,
      maxBodyBytes,
      call: (body, { timeoutMs }) => this.#call(body, timeoutMs),
      close: () => {},
    };
  }

  async #call(body: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    const { callsMax, link, timers } = this.#parts;
    if (this.#end !== undefined) throw this.#end;
    if (this.#calls.size >= callsMax) throw new Overloaded(`${callsMax} calls wait on this node`);
    const id = ++this.#ids;
    const waiter = deferred<Uint8Array>();
    this.#calls.set(id, waiter);
    const timer = timers.set(timeoutMs, () =>
      waiter.reject(new TimedOut(`the engine gave no answer within ${timeoutMs} ms`)),
    );
    link.post({ kind: "ask", id, body });
    try {
      return await waiter.promise;
    } finally {
      timer.cancel();
      this.#calls.delete(id);
    }
  }

  /** As long as the engine needs: it limits these itself. */
  settled(message: (id: number) => ToEngine): Promise<void> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    const id = ++this.#ids;
    const waiter = deferred<void>();
    this.#settles.set(id, waiter);
    this.#parts.link.post(message(id));
    return waiter.promise;
  }

  answer(id: number, body: Uint8Array): void {
    this.#calls.get(id)?.resolve(body);
  }

  settle(id: number, error: ErrorData | undefined): void {
    const waiter = this.#settles.get(id);
    this.#settles.delete(id);
    if (error === undefined) waiter?.resolve();
    else waiter?.reject(errorOf(error));
  }

  /** The engine has ended: no call has an answer any more. */
  failAll(why: Error): void {
    this.#end = why instanceof RaftoralError ? why : new RaftoralError("node-stopped", why.message);
    for (const waiter of this.#calls.values()) waiter.reject(this.#end);
  }

  /** Its thread is gone: nothing is settled any more. */
  settleAll(why: Error): void {
    this.#lost = why;
    for (const waiter of this.#settles.values()) waiter.reject(why);
    this.#settles.clear();
  }
}
