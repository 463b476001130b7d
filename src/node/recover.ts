// After the loss of a majority: one directory becomes a cluster of one, by an operator's word.

import { RaftoralError } from "../errors.ts";
import { recovery } from "../replica/recovery.ts";
import { deferred } from "../std/deferred.ts";
import { FileError } from "../storage/disk/file-system.ts";
import { inspectLog } from "../storage/disk/inspect.ts";
import { inspectBodies } from "../storage/disk/inspect-bodies.ts";
import { lockDirectory } from "../storage/disk/lock.ts";
import { nodeFileSystem } from "../storage/disk/node-file-system.ts";
import type { StorageFailure } from "../storage/port.ts";
import { offspringOf } from "./cluster-uuid.ts";
import { unusable } from "./disk-error.ts";
import { homeIn } from "./disk-home.ts";
import { topologyBytes } from "./group-machine.ts";
import { lockKeeper, type Ports } from "./ports.ts";

export interface RecoveryReport {
  readonly directory: string;
  readonly node: number;
  /** Before, and after: who is of the old one is a stranger to the new one. */
  readonly oldClusterUuid: string;
  readonly clusterUuid: string;
  /** Ids of those who were members beside it, and are not any more. */
  readonly others: readonly number[];
  /** Entries that are kept although nobody here knows whether they were committed. */
  readonly unconfirmed: number;
  readonly isDone: boolean;
}

/**
 * Tells what would be done and, with `isMeant`, does it. What other members had acknowledged and
 * this one never got is lost; a majority of the others, started again, would be a second cluster.
 * @throws RaftoralError `invalid-argument` (no node ever lived there), `directory-in-use`,
 * `log-damaged`, `directory-unusable`.
 */
export async function recoverHome(
  directory: string,
  ports: Pick<Ports, "clock" | "chance">,
  how: { readonly isMeant: boolean },
): Promise<RecoveryReport> {
  try {
    return await recovered(directory, ports, how);
  } catch (error) {
    throw error instanceof FileError ? unusable(error) : error;
  }
}

async function recovered(
  directory: string,
  { clock, chance }: Pick<Ports, "clock" | "chance">,
  { isMeant }: { readonly isMeant: boolean },
): Promise<RecoveryReport> {
  const fs = nodeFileSystem();
  if (!(await fs.list(directory)).includes("identity.json")) {
    throw new RaftoralError("invalid-argument", `${directory} has no identity.json: no node's`);
  }
  const unlock = await lockDirectory(directory, lockKeeper());
  try {
    const bodies = await inspectBodies(fs, `${directory}/snapshots`);
    const { problems } = await inspectLog(fs, `${directory}/log`, bodies);
    if (problems.length > 0) throw damaged(directory, problems);
    const home = await homeIn({ fs, directory });
    const { identity } = home;
    if (identity === undefined) throw damaged(directory, ["it does not say whose it is"]);
    const store = await home.openLog();
    try {
      const clusterUuid = offspringOf(identity.clusterUuid, chance.id());
      const { node } = identity;
      const commands = [topologyBytes({ kind: "recover", clusterUuid, node })];
      const stampMs = Math.max(0, Math.floor(clock.wallMs()));
      const { others, save, unconfirmed } = recovery(store, node, { commands, stampMs });
      if (isMeant) {
        // First the name: with the log alone it would still answer to the others.
        await home.keep({ ...identity, clusterUuid });
        const saved = deferred<StorageFailure | undefined>();
        store.save(save, (failure) => saved.resolve(failure));
        const failure = await saved.promise;
        if (failure !== undefined) throw damaged(directory, [String(failure.cause)]);
      }
      const oldClusterUuid = identity.clusterUuid;
      return { directory, node, oldClusterUuid, clusterUuid, others, unconfirmed, isDone: isMeant };
    } finally {
      store.close();
    }
  } finally {
    await unlock();
  }
}

const damaged = (directory: string, problems: readonly string[]): RaftoralError =>
  new RaftoralError("log-damaged", `${directory} cannot be recovered: ${problems.join("; ")}`);
