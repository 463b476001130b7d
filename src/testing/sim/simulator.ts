// The kernel of every simulation: virtual time, and the order in which things happen in it.
//
// I1. One event at a time, by (time, sequence). Nothing runs beside it: a seed gives one history.
// I2. Promises are part of an event: what an event settles is run to its end before the next one.
// I3. Real time never enters. The one real thing is `setImmediate`, to let V8 empty its microtasks;
//     those are FIFO, so that this changes nothing from run to run.

import { promiseHooks } from "node:v8";
import { assert } from "../../std/assert.ts";
import type { Clock, Timer, Timers } from "../../std/clock.ts";
import { type Prng, prngOf } from "../../std/prng.ts";
import { EventQueue, type SimEvent } from "./event-queue.ts";
import { ProcessLife } from "./process-life.ts";
import { TraceHash } from "./trace-hash.ts";

export interface SimulatorOptions {
  readonly seed: number;
  /** The wall clock's reading at virtual time 0. */
  readonly wallMs?: number;
}

export interface DriveOptions {
  /**
   * Virtual milliseconds after which the wait counts as one that never ends. Default 10 minutes.
   */
  readonly limitMs?: number;
}

const WALL_START_MS = Date.UTC(2026, 0, 1);
const DRIVE_LIMIT_MS = 600_000;
const YIELD_EVENTS = 256;

export class Simulator {
  readonly seed: number;
  readonly clock: Clock;
  /** The world's own timers: they belong to no process and survive all of them. */
  readonly timers: Timers;
  readonly #wallStartMs: number;
  readonly #queue = new EventQueue();
  readonly #hash = new TraceHash();
  #nowUs = 0;
  #sequence = 0;
  #events = 0;
  /** Something was settled: microtasks wait to be run before the next event. */
  #isDirty = false;
  #drivers = 0;
  #stopHook: (() => void) | undefined;

  constructor(options: SimulatorOptions) {
    this.seed = options.seed;
    this.#wallStartMs = options.wallMs ?? WALL_START_MS;
    this.clock = {
      monotonicMs: () => this.nowMs,
      wallMs: () => this.#wallStartMs + Math.floor(this.nowMs),
    };
    this.timers = this.#timersOf("world");
  }

  get nowMs(): number {
    return this.#nowUs / 1000;
  }

  /** How many events have run. */
  get events(): number {
    return this.#events;
  }

  /** Of all events so far, and of what was noted: the same seed gives the same, in any process. */
  get traceHash(): string {
    return this.#hash.toString();
  }

  /** Chance for one concern: taking one concern away does not shift the others' draws. */
  random(concern: string): Prng {
    return prngOf(this.seed, concern);
  }

  /** A new life of a process; pausing and killing it is its own affair. */
  process(name: string): ProcessLife {
    return new ProcessLife({ name, clock: this.clock, timers: this.#timersOf(name) });
  }

  /** Makes something part of the trace: a message's bytes, a fault, an applied state. */
  note(label: string, bytes?: Uint8Array): void {
    this.#hash.text(label);
    if (bytes !== undefined) this.#hash.bytes(bytes);
  }

  /** Runs the next event. False: there is none. Does not wait for promises: `drive` does. */
  step(): boolean {
    const event = this.#queue.pop();
    if (event === undefined) return false;
    this.#nowUs = event.atUs;
    this.#events++;
    this.#hash.number(event.atUs);
    this.#hash.number(event.sequence);
    this.#hash.text(event.label);
    const { run } = event;
    // What has run cannot be cancelled any more.
    event.run = undefined;
    run?.();
    return true;
  }

  /** Runs events, and the promises they settle, until virtual time is `timeMs`. */
  async runUntil(timeMs: number): Promise<void> {
    const untilUs = Math.round(timeMs * 1000);
    await this.#driving(async () => {
      await this.#drain();
      for (;;) {
        const next = this.#queue.peek();
        if (next === undefined || next.atUs > untilUs) break;
        this.step();
        if (this.#isDirty) await this.#drain();
      }
      this.#nowUs = Math.max(this.#nowUs, untilUs);
    });
  }

  /** Runs events until `promise` settles, and returns what it gives. */
  async drive<T>(promise: Promise<T>, options: DriveOptions = {}): Promise<T> {
    const limitUs = this.#nowUs + (options.limitMs ?? DRIVE_LIMIT_MS) * 1000;
    let isSettled = false;
    const settled = (): void => {
      isSettled = true;
    };
    promise.then(settled, settled);
    await this.#driving(async () => {
      await this.#drain();
      while (!isSettled) {
        const moved = this.#nowUs <= limitUs && this.step();
        // Also before giving up: what does not show as a settled promise (queueMicrotask) may wait.
        // And now and then, so that a body which does real input or output is not starved for ever.
        const isYield = this.#events % YIELD_EVENTS === 0;
        if (this.#isDirty || !moved || isYield) await this.#drain();
        if (!moved && !isSettled && this.#queue.size === 0) throw this.#stuck("nothing is left");
        if (!isSettled && this.#nowUs > limitUs) throw this.#stuck("it takes too long");
      }
    });
    return promise;
  }

  #stuck(why: string): Error {
    return new Error(`the awaited never came, ${why}: SEED=${this.seed} at ${this.nowMs} ms`);
  }

  /** With V8's hook on settled promises, only events that settled one pay for a real turn. */
  async #driving(body: () => Promise<void>): Promise<void> {
    if (this.#drivers++ === 0) {
      this.#stopHook = hookSettled(() => {
        this.#isDirty = true;
      });
    }
    try {
      await body();
    } finally {
      if (--this.#drivers === 0) this.#stopHook?.();
    }
  }

  async #drain(): Promise<void> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    this.#isDirty = false;
  }

  #timersOf(label: string): Timers {
    return {
      set: (delayMs, fn) => this.#set(Math.max(0, Math.round(delayMs * 1000)), label, fn),
      defer: (fn) => {
        this.#queue.pushDue(this.#event(0, label, fn));
      },
    };
  }

  #set(delayUs: number, label: string, fn: () => void): Timer {
    assert(Number.isSafeInteger(delayUs), "a delay is a number of milliseconds");
    const event = this.#event(delayUs, label, fn);
    this.#queue.push(event);
    return { cancel: () => this.#queue.cancel(event) };
  }

  #event(delayUs: number, label: string, run: () => void): SimEvent {
    return { atUs: this.#nowUs + delayUs, sequence: this.#sequence++, label, run };
  }
}

function hookSettled(onSettled: () => void): () => void {
  const stop = promiseHooks.onSettled(onSettled);
  return () => {
    stop();
  };
}
