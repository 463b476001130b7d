// A stopped node's directory, looked at for people.

import { RaftoralError } from "../errors.ts";
import { inspectLog, type LogReport } from "../storage/disk/inspect.ts";
import { type BodyReport, inspectBodies, problemOf } from "../storage/disk/inspect-bodies.ts";
import { lockDirectory } from "../storage/disk/lock.ts";
import { nodeFileSystem } from "../storage/disk/node-file-system.ts";
import { readIdentity } from "./disk-home.ts";
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
 * @throws RaftoralError `invalid-argument` (no node ever lived there), `directory-in-use`.
 */
export async function inspectHome(directory: string): Promise<HomeReport> {
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
    if (!(identity instanceof RaftoralError)) return { ...report, directory, identity };
    const problems = [...report.problems, identity.message];
    return { ...report, problems, directory, identity: undefined };
  } finally {
    await unlock();
  }
}
