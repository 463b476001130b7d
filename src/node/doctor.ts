// A stopped node's directory, looked at for people.

import { RaftoralError } from "../errors.ts";
import { FileError } from "../storage/disk/file-system.ts";
import { inspectLog, type LogReport } from "../storage/disk/inspect.ts";
import { type BodyReport, inspectBodies, problemOf } from "../storage/disk/inspect-bodies.ts";
import { lockDirectory } from "../storage/disk/lock.ts";
import { nodeFileSystem } from "../storage/disk/node-file-system.ts";
import { unusable } from "./disk-error.ts";
import { missingPart, readIdentity } from "./disk-home.ts";
import type { Identity } from "./identity.ts";
import { lockKeeper } from "./ports.ts";

export interface HomeReport extends LogReport {
  readonly directory: string;
  /** Of `snapshots/`: the states that the node can go on from, and what was set aside. */
  readonly bodies: readonly BodyReport[];
  readonly identity: Identity | undefined;
}

/**
 * Changes nothing but the lock, which it holds meanwhile.
 * @throws RaftoralError `invalid-argument` (no node ever lived there), `directory-in-use`,
 * `directory-unusable`, `version-mismatch`.
 */
export async function inspectHome(directory: string): Promise<HomeReport> {
  try {
    return await inspect(directory);
  } catch (error) {
    throw error instanceof FileError ? unusable(error) : error;
  }
}

async function inspect(directory: string): Promise<HomeReport> {
  const fs = nodeFileSystem();
  const names = await fs.list(directory);
  if (!names.includes("identity.json") && !names.includes("log")) {
    throw new RaftoralError(
      "invalid-argument",
      `${directory} is no directory of a node: it has neither identity.json nor log`,
    );
  }
  const unlock = await lockDirectory(directory, lockKeeper());
  try {
    const bodies = await inspectBodies(fs, `${directory}/snapshots`);
    const log = await inspectLog(fs, `${directory}/log`, bodies);
    const damaged = bodies.map(problemOf).filter((problem) => problem !== undefined);
    const report = { ...log, bodies, problems: [...log.problems, ...damaged] };
    const identity = await readIdentity(fs, directory).catch((error: unknown) => {
      if (error instanceof RaftoralError) return error;
      throw error;
    });
    const known = identity instanceof RaftoralError ? undefined : identity;
    const missing = missingPart(known, await fs.list(`${directory}/log`));
    const why = identity instanceof RaftoralError ? identity.message : missing;
    const problems = why === undefined ? report.problems : [...report.problems, why];
    return { ...report, problems, directory, identity: known };
  } finally {
    await unlock();
  }
}
