// Where a test cluster lives: in virtual time from a seed, or in real time. One interface for both.

import { type Ports, realPorts } from "../node/ports.ts";
import type { Clock, Timers } from "../std/clock.ts";
import { deferred } from "../std/deferred.ts";
import { type Prng, prngOf } from "../std/prng.ts";
import {
  createMemoryNetwork,
  type MemoryNetwork,
  type NetworkConditions,
} from "../transport/memory.ts";
import { ProcessLife } from "./sim/process-life.ts";
import { Simulator } from "./sim/simulator.ts";

export interface World {
  readonly network: MemoryNetwork;
  readonly clock: Clock;
  /** A new life of a process. */
  process(name: string): ProcessLife;
  chance(concern: string): Ports["chance"];
  /** Waits for a promise; in virtual time that is what makes time pass. */
  drive<T>(promise: Promise<T>): Promise<T>;
  advance(durationMs: number): Promise<void>;
  /** Of everything that happened so far; "" in real time, which never happens twice. */
  traceHash(): string;
}

/** Virtual time after which an awaited answer counts as one that never comes. */
const PATIENCE_MS = 7 * 86_400_000;
/** A network in one room: a fraction of a millisecond. */
const VIRTUAL_DELAY_MS = [0.1, 0.5] as const;

export function virtualWorld(seed: number, conditions: Partial<NetworkConditions>): World {
  const simulator = new Simulator({ seed });
  return {
    network: createMemoryNetwork({
      timers: simulator.timers,
      random: simulator.random("network"),
      conditions: { delayMs: VIRTUAL_DELAY_MS, ...conditions },
      onDelivery: ({ from, to, body }) => simulator.note(`${from} ${to}`, body),
    }),
    clock: simulator.clock,
    process: (name) => simulator.process(name),
    chance: (concern) => chanceOf(simulator.random(concern)),
    drive: (promise) => simulator.drive(promise, { limitMs: PATIENCE_MS }),
    advance: (durationMs) => simulator.runUntil(simulator.nowMs + durationMs),
    traceHash: () => simulator.traceHash,
  };
}

export function realWorld(seed: number, conditions: Partial<NetworkConditions>): World {
  const { clock, timers } = realPorts();
  return {
    network: createMemoryNetwork({ timers, random: prngOf(seed, "network"), conditions }),
    clock,
    process: (name) => new ProcessLife({ name, clock, timers }),
    chance: (concern) => chanceOf(prngOf(seed, concern)),
    drive: (promise) => promise,
    advance: (durationMs) => pause(timers, durationMs),
    traceHash: () => "",
  };
}

function pause(timers: Timers, durationMs: number): Promise<void> {
  const { promise, resolve } = deferred<void>();
  timers.set(durationMs, resolve);
  return promise;
}

export function chanceOf(random: Prng): Ports["chance"] {
  const word = (): string => random.u32().toString(16).padStart(8, "0");
  return {
    below: (limit) => random.below(limit),
    unit: () => random.unit(),
    id: () => word() + word() + word() + word(),
  };
}
