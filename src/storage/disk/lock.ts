// One process to a directory. A lock that its holder's death left behind is taken over.

import { readFile, unlink, writeFile } from "node:fs/promises";
import { RaftoralError } from "../../errors.ts";

export interface ThisProcess {
  readonly id: number;
  /** Tells it from an earlier one of the same id: in a container every life may be process 1. */
  readonly startedAtMs: number;
  /** Does a process of this id run on this machine? */
  isAlive(id: number): boolean;
}

const FILE = "lock";
/** Two that find a dead lock at one time: one of them wins within so many tries. */
const TRIES_MAX = 5;

/** Gives what unlocks it. @throws RaftoralError `directory-in-use` */
export async function lockDirectory(
  directory: string,
  self: ThisProcess,
): Promise<() => Promise<void>> {
  const path = `${directory}/${FILE}`;
  for (let i = 0; i < TRIES_MAX; i++) {
    if (await take(path, self)) return async () => await unlink(path).catch(() => {});
    const holder = await holderOf(path);
    if (holder !== undefined && isHeld(holder, self)) throw inUse(directory, holder.id);
    await unlink(path).catch(() => {});
  }
  throw inUse(directory, undefined);
}

type Holder = Pick<ThisProcess, "id" | "startedAtMs">;

const isHeld = (holder: Holder, self: ThisProcess): boolean =>
  holder.id === self.id ? holder.startedAtMs === self.startedAtMs : self.isAlive(holder.id);

async function take(path: string, { id, startedAtMs }: Holder): Promise<boolean> {
  try {
    await writeFile(path, `${id} ${startedAtMs}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function holderOf(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  const [id = 0, startedAtMs = 0] = text.trim().split(" ").map(Number);
  return Number.isSafeInteger(id) && id > 0 ? { id, startedAtMs } : undefined;
}

const inUse = (directory: string, holder: number | undefined): RaftoralError =>
  new RaftoralError(
    "directory-in-use",
    `${directory} belongs to ${holder === undefined ? "another process" : `process ${holder}`}, ` +
      "which runs: give each node a directory of its own",
  );
