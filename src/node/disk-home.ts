// A directory as the home of one node: who it is, its log, and a lock against a second process.

import { RaftoralError } from "../errors.ts";
import { fromUtf8, MalformedError, utf8 } from "../std/bytes.ts";
import { deferred } from "../std/deferred.ts";
import { nodeId } from "../std/ids.ts";
import { type DiskLogOptions, openDiskLogStore } from "../storage/disk/disk-log-store.ts";
import { openDiskSnapshots } from "../storage/disk/disk-snapshots.ts";
import { FileError, type FileSystem, isNoSpace } from "../storage/disk/file-system.ts";
import { untilFailure } from "../storage/disk/final-failure.ts";
import { lockDirectory } from "../storage/disk/lock.ts";
import { nodeFileSystem } from "../storage/disk/node-file-system.ts";
import { absolute } from "../storage/disk/place.ts";
import { untilQuiet } from "../storage/disk/quiet.ts";
import { isSegment } from "../storage/disk/segment.ts";
import { FOUNDER, type Identity, type NodeHome, type Pledge } from "./identity.ts";
import { type LogOwner, ownerFor, ownerOf, strangerIn } from "./log-owner.ts";
import { lockKeeper } from "./ports.ts";

/** A disk that hangs does not hold up a stop for longer; the lock stays as long as it does. */
const LEAVE_LIMIT_MS = 5_000;

/**
 * @throws RaftoralError `directory-in-use`, `directory-unusable`, `log-damaged`; FileError where a
 * file of it fails.
 */
export async function openDiskHome(path: string, startedAtMs?: number): Promise<NodeHome> {
  const directory = absolute(path);
  const fs = untilFailure(nodeFileSystem());
  const keeper = lockKeeper(startedAtMs);
  const unlock = await usable(directory, async () => {
    await fs.makeDirectory(directory);
    return await lockDirectory(directory, keeper, () => fs.end(taken(directory)));
  });
  const leave = (): Promise<void> => {
    const left = untilQuiet(fs, keeper.timers).then(unlock);
    const late = deferred<void>();
    const timer = keeper.timers.set(LEAVE_LIMIT_MS, () => late.resolve());
    return Promise.race([left.finally(() => timer.cancel()), late.promise]);
  };
  try {
    return { ...(await homeIn({ fs, directory })), leave };
  } catch (error) {
    await unlock();
    throw error;
  }
}

const taken = (directory: string): FileError =>
  new FileError(
    "failed",
    { call: "lock", path: `${directory}/lock` },
    "another process has this directory now: this one stood still, or its lock was removed",
  );

async function usable<T>(directory: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof RaftoralError || isNoSpace(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RaftoralError("directory-unusable", `dataDir ${directory} cannot be used: ${why}`, {
      cause,
    });
  }
}

/** A home on any file system, with nobody else on it: the simulator brings its own disk. */
export async function homeIn(options: DiskLogOptions): Promise<NodeHome> {
  const { directory } = options;
  const fs = untilFailure(options.fs);
  // A process that was killed may have renamed a part and not synced its name.
  await fs.syncDirectory(directory);
  const identity = await readIdentity(fs, directory);
  const wrong = await wrongPart(fs, directory, identity);
  if (wrong !== undefined) throw new RaftoralError("log-damaged", `${directory}: ${wrong}`);
  return {
    place: directory,
    identity,
    pledge: identity === undefined ? await readPledge(fs, directory) : undefined,
    keep: async (next) => {
      await keepOwner(fs, `${directory}/log`, ownerFor(next, identity));
      await writePart(fs, directory, { name: IDENTITY, value: next });
    },
    keepPledge: (pledge) => writePart(fs, directory, { name: PLEDGE, value: pledge }),
    openLog: () => openDiskLogStore({ ...options, fs, directory: `${directory}/log` }),
    openSnapshots: () => openDiskSnapshots(fs, `${directory}/snapshots`),
    use: async () => ({
      logBytes: await fs.used(`${directory}/log`),
      snapshotBytes: await fs.used(`${directory}/snapshots`),
      freeBytes: await fs.free(directory),
    }),
    leave: async () => {},
  };
}

/**
 * In a sentence, what a directory lacks that had it, or has of another one's.
 * @throws RaftoralError `log-damaged`
 */
export async function wrongPart(
  fs: FileSystem,
  directory: string,
  identity: Identity | undefined,
): Promise<string | undefined> {
  const missing = missingPart(identity, await fs.list(`${directory}/log`));
  return missing ?? strangerIn(identity, await readOwner(fs, `${directory}/log`));
}

/** A node keeps its log, then who it is. */
function missingPart(
  identity: Identity | undefined,
  logNames: readonly string[],
): string | undefined {
  const what =
    identity === undefined
      ? logNames.some(isSegment) && "there is a log, and no identity.json that says whose it is"
      : !logNames.includes("vote") && "its log is gone, or the vote in it";
  if (what === false) return;
  return `${what}. Put back a copy of the whole directory, or remove it and let the node join anew`;
}

const IDENTITY = "identity.json";
const OWNER = "owner.json";
const PLEDGE = "pledge.json";

/** Nothing to who is somebody. @throws RaftoralError `log-damaged` */
const readPledge = (fs: FileSystem, directory: string): Promise<Pledge | undefined> =>
  readPart(fs, `${directory}/${PLEDGE}`, pledgeOf);

/** @throws RaftoralError `log-damaged` */
export function readIdentity(fs: FileSystem, directory: string): Promise<Identity | undefined> {
  return readPart(fs, `${directory}/${IDENTITY}`, identityOf);
}

const readOwner = (fs: FileSystem, directory: string): Promise<LogOwner | undefined> =>
  readPart(fs, `${directory}/${OWNER}`, ownerOf);

async function keepOwner(fs: FileSystem, directory: string, owner: LogOwner): Promise<void> {
  const known = await readOwner(fs, directory);
  if (JSON.stringify(known) === JSON.stringify(owner)) return;
  await writePart(fs, directory, { name: OWNER, value: owner });
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

async function readPart<T>(
  fs: FileSystem,
  path: string,
  parse: (fields: Fields) => T,
): Promise<T | undefined> {
  const slash = path.lastIndexOf("/");
  if (!(await fs.list(path.slice(0, slash))).includes(path.slice(slash + 1))) return;
  const bytes = await readWhole(fs, path);
  try {
    const value: unknown = JSON.parse(fromUtf8(bytes));
    if (!isFields(value)) throw new MalformedError("it is no object");
    return parse(value);
  } catch (cause) {
    if (!(cause instanceof MalformedError || cause instanceof SyntaxError)) throw cause;
    throw new RaftoralError(
      "log-damaged",
      `${path} is not what was written: put back a copy of the whole directory, or, where there ` +
        "are other members, remove it and let the node join anew",
      { cause },
    );
  }
}

async function readWhole(fs: FileSystem, path: string): Promise<Uint8Array> {
  const file = await fs.open(path);
  try {
    return await file.read(0, await file.size());
  } finally {
    await file.close();
  }
}

function identityOf({ isFounder, name, valueTerms, ...fields }: Fields): Identity {
  const { clusterUuid, node, nonce } = fields;
  const isWhole =
    typeof clusterUuid === "string" &&
    typeof node === "number" &&
    typeof nonce === "string" &&
    typeof isFounder === "boolean";
  if (!isWhole) throw new MalformedError("an identity lacks a part");
  // Else it would wait for ever to be heard of by a log in which it is somebody else.
  if (isFounder && node !== FOUNDER) throw new MalformedError("the founder is another node");
  const called = typeof name === "string" ? { name } : {};
  const terms = typeof valueTerms === "string" ? { valueTerms } : {};
  return { clusterUuid, node: nodeId(node), nonce, isFounder, ...called, ...terms };
}

function pledgeOf({ founder, nonce }: Fields): Pledge {
  if (typeof founder === "string" && typeof nonce === "string") return { founder, nonce };
  throw new MalformedError("a pledge lacks a part");
}

/** Whole or not at all: written beside, then renamed. */
async function writePart(
  fs: FileSystem,
  directory: string,
  { name, value }: { readonly name: string; readonly value: Identity | LogOwner | Pledge },
): Promise<void> {
  const spare = `${directory}/${name}.tmp`;
  // A crash may have left a longer one, whose rest would stand behind this.
  if ((await fs.list(directory)).includes(`${name}.tmp`)) await fs.unlink(spare);
  const file = await fs.open(spare);
  await file.write(0, utf8(`${JSON.stringify(value)}\n`));
  await file.sync();
  await file.close();
  await fs.rename(spare, `${directory}/${name}`);
  await fs.syncDirectory(directory);
}
