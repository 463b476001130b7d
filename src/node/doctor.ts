// A stopped node's directory, looked at for people.

import { RaftoralError } from "../errors.ts";
import { FileError, type FileSystem } from "../storage/disk/file-system.ts";
import { inspectLog, type LogReport } from "../storage/disk/inspect.ts";
import { type BodyReport, inspectBodies, problemOf } from "../storage/disk/inspect-bodies.ts";
import { lockDirectory } from "../storage/disk/lock.ts";
import { isCode, nodeFileSystem } from "../storage/disk/node-file-system.ts";
import { unusable } from "./disk-error.ts";
import { readIdentity, wrongPart } from "./disk-home.ts";
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
  const fs = nodeFileSystem({ isReadOnly: true });
  const names = await fs.list(directory);
  if (!names.includes("identity.json") && !names.includes("log")) {
    throw new RaftoralError(
      "invalid-argument",
      `${directory} is no directory of a node: it has neither identity.json nor log`,
    );
  }
  const unlock = await lockDirectory(directory, lockKeeper()).catch(unlessReadOnly);
  try {
    const bodies = await inspectBodies(fs, `${directory}/snapshots`);
    const log = await inspectLog(fs, `${directory}/log`, bodies);
    const damaged = bodies.map(problemOf).filter((problem) => problem !== undefined);
    const report = { ...log, bodies, problems: [...log.problems, ...damaged] };
    const { identity, why } = await whose(fs, directory);
    const problems = why === undefined ? report.problems : [...report.problems, why];
    return { ...report, problems, directory, identity };
  } finally {
    await unlock();
  }
}

/** Where nobody can write, nobody does meanwhile. */
function unlessReadOnly(error: unknown): () => Promise<void> {
  if (!(error instanceof FileError && isCode(error.cause, "EROFS"))) throw error;
  return async () => {};
}

/** `why`: in a sentence, what is wrong with that. */
async function whose(
  fs: FileSystem,
  directory: string,
): Promise<{ readonly identity?: Identity | undefined; readonly why: string | undefined }> {
  let identity: Identity | undefined;
  try {
    identity = await readIdentity(fs, directory);
    return { identity, why: await wrongPart(fs, directory, identity) };
  } catch (error) {
    if (error instanceof RaftoralError) return { identity, why: error.message };
    throw error;
  }
}
