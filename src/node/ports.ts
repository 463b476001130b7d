// The platform's clock, timers, chance and hash: the only place of the product that touches them.

import { createHash, randomBytes, randomInt } from "node:crypto";
import type { Clock, Timer, Timers } from "../std/clock.ts";
import type { Keeper, ThisProcess } from "../storage/disk/lock.ts";
import { thisPlace } from "../storage/disk/place.ts";
import { locate } from "./ports-locate.ts";
import { createTraps } from "./ports-traps.ts";

/** Everything that a node takes from its surroundings; the simulator has its own. */
export interface Ports {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly chance: Chance;
  /** The user's place in the stack of a suspended body. */
  readonly locate?: (stack: string) => string | undefined;
  readonly createTraps?: typeof createTraps;
}

export interface Chance {
  /** An integer in [0, limit). */
  below(limit: number): number;
  /** In [0, 1). */
  unit(): number;
  /** 128 random bits as text: uuids, nonces, generated workflow ids. */
  id(): string;
}

export function realPorts(): Ports {
  return { clock: realClock, timers: realTimers, chance: realChance, locate, createTraps };
}

const realClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
};

const realTimers: Timers = {
  set: (delayMs, fn): Timer => {
    const timer = setTimeout(fn, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
  defer: (fn) => {
    setImmediate(fn);
  },
};

/** The same, but no process lives on for their sake. */
export const quietTimers: Timers = {
  set: (delayMs, fn): Timer => {
    const timer = setTimeout(fn, delayMs).unref();
    return { cancel: () => clearTimeout(timer) };
  },
  defer: realTimers.defer,
};

const realChance: Chance = {
  below: (limit) => randomInt(limit),
  unit: () => randomInt(2 ** 32) / 2 ** 32,
  id: () => randomBytes(16).toString("hex"),
};

/** From any thread, and at once: nobody else has a word in it. */
export function endProcess(): void {
  process.kill(process.pid, "SIGKILL");
}

/** Of this thread; the main one's is the process's. */
export const startedAtMs: number = Math.round(performance.timeOrigin);

/** For the lock on a directory; on another thread with the beginning of the process. */
export const lockKeeper = (processStartedAtMs: number = startedAtMs): Keeper => ({
  self: { ...thisProcess, startedAtMs: processStartedAtMs },
  clock: realClock,
  timers: realTimers,
});

const thisProcess: ThisProcess = {
  id: process.pid,
  startedAtMs,
  place: thisPlace(),
  isAlive: (id) => {
    try {
      process.kill(id, 0);
      return true;
    } catch (error) {
      return error instanceof Error && "code" in error && error.code === "EPERM";
    }
  },
};

/** The first 32 characters of the SHA-256 in base64url: 192 bits. */
export function hashOf(parts: readonly string[]): string {
  const hash = createHash("sha256");
  // Length first: ["ab", "c"] and ["a", "bc"] are different.
  for (const part of parts) hash.update(`${part.length}:${part};`);
  return hash.digest("base64url").slice(0, 32);
}
