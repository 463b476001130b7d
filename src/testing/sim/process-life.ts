// One life of a node's process, as its timers see it: runs, stands still, is dead.
//
// I1. A dead process does nothing any more: no timer of it fires, ever. A restart is a new life.
// I2. A paused one (SIGSTOP) loses nothing: what came due meanwhile runs on resume, in its order.
// Works on virtual and on real timers. Its clock goes on in every state, as a machine's does.

import type { Clock, Timer, Timers } from "../../std/clock.ts";

export interface ProcessLifeOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly timers: Timers;
}

export class ProcessLife {
  readonly name: string;
  readonly clock: Clock;
  /** What the process gets for its timers: hands them on as long as it lives. */
  readonly timers: Timers;
  readonly #inner: Timers;
  readonly #pending = new Set<Pending>();
  #held: Pending[] = [];
  #state: "running" | "paused" | "dead" = "running";

  constructor(options: ProcessLifeOptions) {
    this.name = options.name;
    this.clock = options.clock;
    this.#inner = options.timers;
    this.timers = {
      set: (delayMs, fn) => this.#set(delayMs, fn),
      defer: (fn) => this.#inner.defer(() => this.#run({ fn })),
    };
  }

  get state(): "running" | "paused" | "dead" {
    return this.#state;
  }

  pause(): void {
    if (this.#state === "running") this.#state = "paused";
  }

  resume(): void {
    if (this.#state !== "paused") return;
    this.#state = "running";
    const held = this.#held;
    this.#held = [];
    for (const pending of held) this.#inner.defer(() => this.#run(pending));
  }

  /** Abrupt: no clean-up, no goodbye. */
  kill(): void {
    this.#state = "dead";
    for (const { timer } of this.#pending) timer?.cancel();
    this.#pending.clear();
    this.#held = [];
  }

  #set(delayMs: number, fn: () => void): Timer {
    const pending: Pending = { fn };
    if (this.#state === "dead") return { cancel: () => {} };
    this.#pending.add(pending);
    pending.timer = this.#inner.set(delayMs, () => {
      this.#pending.delete(pending);
      this.#run(pending);
    });
    return {
      cancel: () => {
        pending.isCancelled = true;
        this.#pending.delete(pending);
        pending.timer?.cancel();
      },
    };
  }

  #run(pending: Pending): void {
    if (this.#state === "dead" || pending.isCancelled === true) return;
    if (this.#state === "paused") this.#held.push(pending);
    else pending.fn();
  }
}

interface Pending {
  readonly fn: () => void;
  timer?: Timer;
  isCancelled?: boolean;
}
