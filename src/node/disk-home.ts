// A directory as the home of one node: who it is, its log, and a lock against a second process.

import { RaftoralError } from "../errors.ts";
import { fromUtf8, MalformedError, utf8 } from "../std/bytes.ts";
import { nodeId } from "../std/ids.ts";
import { openDiskLogStore } from "../storage/disk/disk-log-store.ts";
import type { FileSystem } from "../storage/disk/file-system.ts";
import { lockDirectory } from "../storage/disk/lock.ts";
import { nodeFileSystem } from "../storage/disk/node-file-system.ts";
import type { Identity, NodeHome } from "./identity.ts";
import { thisProcess } from "./ports.ts";

/**
 * @throws RaftoralError `directory-in-use`, `log-damaged`;
 * FileError where the directory cannot be used.
 */
export async function openDiskHome(directory: string): Promise<NodeHome> {
  const fs = nodeFileSystem();
  await fs.makeDirectory(directory);
  const unlock = await lockDirectory(directory, thisProcess);
  try {
    return {
      place: directory,
      identity: await readIdentity(fs, directory),
      keep: (identity) => writeIdentity(fs, directory, identity),
      openLog: () => openDiskLogStore({ fs, directory: `${directory}/log` }),
      leave: unlock,
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

const FILE = "identity.json";

async function readIdentity(fs: FileSystem, directory: string): Promise<Identity | undefined> {
  if (!(await fs.list(directory)).includes(FILE)) return;
  const file = await fs.open(`${directory}/${FILE}`);
  const bytes = await file.read(0, await file.size());
  await file.close();
  try {
    return identityOf(JSON.parse(fromUtf8(bytes)));
  } catch (cause) {
    if (!(cause instanceof MalformedError || cause instanceof SyntaxError)) throw cause;
    throw new RaftoralError(
      "log-damaged",
      `${directory}/${FILE} is not what was written: remove the directory and let it join anew`,
      { cause },
    );
  }
}

function identityOf(value: Record<string, unknown>): Identity {
  const { clusterUuid, node, nonce, isFounder } = value;
  const isWhole =
    typeof clusterUuid === "string" &&
    typeof node === "number" &&
    typeof nonce === "string" &&
    typeof isFounder === "boolean";
  if (!isWhole) throw new MalformedError("an identity lacks a part");
  return { clusterUuid, node: nodeId(node), nonce, isFounder };
}

/** Whole or not at all: written beside, then renamed. */
async function writeIdentity(fs: FileSystem, directory: string, identity: Identity): Promise<void> {
  const spare = `${directory}/${FILE}.tmp`;
  const file = await fs.open(spare);
  await file.write(0, utf8(`${JSON.stringify(identity)}\n`));
  await file.sync();
  await file.close();
  await fs.rename(spare, `${directory}/${FILE}`);
  await fs.syncDirectory(directory);
}
