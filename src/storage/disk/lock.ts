// One process to a directory. A lock that its holder's death left behind is taken over; whether a
// holder of another place (a container, a machine) is dead, only its lock's standing still tells.

import { open, readdir, readFile, rename, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { RaftoralError } from "../../errors.ts";
import type { Clock, Timer, Timers } from "../../std/clock.ts";
import { isCode, told } from "./node-file-system.ts";

export interface ThisProcess {
  readonly id: number;
  /** Tells it from an earlier one of the same id: in a container every life may be process 1. */
  readonly startedAtMs: number;
  /** Where process ids mean the same: one boot of one machine, one process namespace. */
  readonly place: string;
  /** Does a process of this id run in this place? */
  isAlive(id: number): boolean;
}

/** Who takes a lock, and what it waits by. */
export interface Keeper {
  readonly self: ThisProcess;
  readonly clock: Clock;
  readonly timers: Timers;
}

const FILE = "lock";
/** The holder moves its lock's time on so often. */
export const LOCK_BEAT_MS = 2_000;
/** A lock of another place that stands still for so long is a dead one's. */
export const LOCK_SILENCE_MS = 15_000;
/** Between two looks at a lock that may be written, or moved on, just now. */
const LOOK_MS = 100;
/** A lock without a holder's name for so many looks was never finished. */
const UNFINISHED_LOOKS = 10;

/**
 * Gives what unlocks it. `onLost`: another process has it now, since this one stood still for too
 * long, or somebody removed the lock; whatever this one writes from here on may go over that one's.
 * @throws RaftoralError `directory-in-use`, FileError
 */
export async function lockDirectory(
  directory: string,
  keeper: Keeper,
  onLost: () => void = ignore,
): Promise<() => Promise<void>> {
  const path = `${directory}/${FILE}`;
  const holder = await told({ call: "lock", path }, () => gain(path, keeper));
  if (holder !== undefined) throw inUse(directory, holder);
  for (const name of await readdir(directory)) {
    // Of takeovers before this one: whoever makes one now sees that the lock has changed.
    if (name.startsWith(`${FILE}.after-`)) await unlink(`${directory}/${name}`).catch(ignore);
  }
  const beat = new Beat(path, keeper, onLost);
  return async () => {
    await beat.stop();
    if (isSame(await holderOf(path, keeper), keeper.self)) await unlink(path).catch(ignore);
  };
}

interface Holder {
  readonly id: number;
  readonly startedAtMs: number;
  readonly place: string;
}

/** Undefined: `path` is ours. Else who has it. */
async function gain(path: string, keeper: Keeper): Promise<Holder | undefined> {
  const { self } = keeper;
  if (await take(path, self)) return;
  const holder = await holderOf(path, keeper);
  if (holder === undefined) return await gain(path, keeper);
  if (await isHeld(path, holder, keeper)) return holder;
  // Several may find the same dead holder: the one that gains its succession follows it.
  const succession = `${path}.after-${holder.id}-${holder.startedAtMs}`;
  const rival = await gain(succession, keeper);
  if (rival !== undefined) return rival;
  try {
    if (!isSame(await holderOf(path, keeper), holder)) return await gain(path, keeper);
    const own = `${path}.${self.id}-${self.startedAtMs}`;
    try {
      await writeFile(own, textOf(self));
      await rename(own, path);
    } catch (error) {
      await unlink(own).catch(ignore);
      throw error;
    }
    return;
  } finally {
    await unlink(succession).catch(ignore);
  }
}

async function take(path: string, self: Holder): Promise<boolean> {
  const file = await open(path, "wx").catch((error: unknown) => {
    if (isCode(error, "EEXIST")) return undefined;
    throw error;
  });
  if (file === undefined) return false;
  try {
    await file.writeFile(textOf(self));
    return true;
  } catch (error) {
    // On a full disk it is there, and without a name: it would be in the way of the next start.
    await unlink(path).catch(ignore);
    throw error;
  } finally {
    await file.close();
  }
}

async function isHeld(path: string, holder: Holder, keeper: Keeper): Promise<boolean> {
  const { self } = keeper;
  if (holder.id > 0 && holder.place === self.place) {
    if (holder.id !== self.id) return self.isAlive(holder.id);
    return holder.startedAtMs === self.startedAtMs;
  }
  // Its id is not known, or means nothing here; its clock need not be ours: a change is a sign.
  const before = await timeOf(path);
  for (let waitedMs = 0; waitedMs < LOCK_SILENCE_MS; waitedMs += LOOK_MS) {
    await pause(LOOK_MS, keeper);
    if ((await timeOf(path)) !== before) return true;
  }
  return false;
}

/** Undefined: there is no lock any more. */
async function holderOf(path: string, keeper: Keeper): Promise<Holder | undefined> {
  for (let look = 1; ; look++) {
    const text = await readFile(path, "utf8").catch((error: unknown) => {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    });
    if (text === undefined) return;
    const [id = 0, startedAtMs = 0] = text.split(" ", 2).map(Number);
    const [, , place = ""] = text.trim().split(" ");
    if (id > 0 && text.endsWith("\n")) return { id, startedAtMs, place };
    // Made and not yet written; or a loss of power took what was written.
    if (look === UNFINISHED_LOOKS) return { id: 0, startedAtMs: 0, place: "" };
    await pause(LOOK_MS, keeper);
  }
}

const textOf = ({ id, startedAtMs, place }: Holder): string => `${id} ${startedAtMs} ${place}\n`;

const isSame = (a: Holder | undefined, b: Holder): boolean =>
  a?.id === b.id && a.startedAtMs === b.startedAtMs && a.place === b.place;

/** Undefined where there is none. */
const timeOf = async (path: string): Promise<number | undefined> =>
  await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

class Beat {
  readonly #path: string;
  readonly #keeper: Keeper;
  readonly #onLost: () => void;
  #timer: Timer;
  #beating: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(path: string, keeper: Keeper, onLost: () => void) {
    this.#path = path;
    this.#keeper = keeper;
    this.#onLost = onLost;
    this.#timer = this.#next();
  }

  /** Settles when nothing of it is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer.cancel();
    await this.#beating;
  }

  #next(): Timer {
    return this.#keeper.timers.set(LOCK_BEAT_MS, () => {
      this.#beating = this.#beat();
    });
  }

  async #beat(): Promise<void> {
    // What cannot be read or written says nothing of whose it is.
    const isOwn = await this.#hold().catch(() => true);
    if (this.#isStopped) return;
    if (isOwn) this.#timer = this.#next();
    else this.#onLost();
  }

  /** False: another process has it. One that was removed is made again. */
  async #hold(): Promise<boolean> {
    const { clock, self } = this.#keeper;
    const holder = await holderOf(this.#path, this.#keeper);
    if (this.#isStopped) return true;
    if (holder === undefined) return await take(this.#path, self);
    if (!isSame(holder, self)) return false;
    const seconds = clock.wallMs() / 1_000;
    await utimes(this.#path, seconds, seconds);
    return true;
  }
}

const pause = (ms: number, { timers }: Keeper): Promise<void> =>
  new Promise((resolve) => {
    timers.set(ms, resolve);
  });

const ignore = (): void => {};

function inUse(directory: string, { id, place }: Holder): RaftoralError {
  const who = id === 0 ? "another process" : `process ${id} (${place})`;
  return new RaftoralError(
    "directory-in-use",
    `${directory} belongs to ${who}, which runs: give each node a directory of its own`,
  );
}
