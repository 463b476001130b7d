// Bodies of snapshots as files (`body-file.ts`). Written whole under another name, synced, renamed,
// and the directory synced: a name is a whole file. Files that are not what was written get the
// ending `.broken` and are left to people.

import type { Snapshot } from "../../raft/types.ts";
import type { Index } from "../../std/ids.ts";
import { ChunkSums } from "../chunk-sums.ts";
import { decodeManifest, encodeManifest, type SnapshotManifest } from "../snapshot-codec.ts";
import {
  CHUNK_BYTES,
  SNAPSHOTS_KEPT,
  type SnapshotReader,
  type SnapshotStore,
  type SnapshotWriter,
} from "../snapshot-port.ts";
import {
  BROKEN,
  bodyReader,
  damagedChunks,
  encodeEnd,
  isBody,
  isUnreadable,
  nameOf,
  readEnd,
} from "./body-file.ts";
import { type File, type FileSystem, isNoSpace } from "./file-system.ts";

/** So much is written before it is synced: the log's own syncs do not wait behind all of it. */
const SYNC_EVERY_BYTES = 4 * 1024 * 1024;
/** Files that were set aside; older ones are removed. */
const BROKEN_KEPT = 2;

/** Reads all of them through once: what is bad is set aside. @throws FileError */
export async function openDiskSnapshots(
  fs: FileSystem,
  directory: string,
): Promise<SnapshotStore & { readonly bytes: number }> {
  await fs.makeDirectory(directory);
  const store = new DiskSnapshots(fs, directory);
  await store.look();
  return store;
}

class DiskSnapshots implements SnapshotStore {
  readonly #fs: FileSystem;
  readonly #directory: string;
  #list: readonly Snapshot[] = [];
  #writers = 0;

  constructor(fs: FileSystem, directory: string) {
    this.#fs = fs;
    this.#directory = directory;
  }

  /** Of all bodies. */
  get bytes(): number {
    return this.#list.reduce((sum, { data }) => sum + decodeManifest(data).bytes, 0);
  }

  list(): readonly Snapshot[] {
    return this.#list;
  }

  async look(): Promise<void> {
    const fs = this.#fs;
    const names = await fs.list(this.#directory);
    for (const name of names.filter((one) => one.endsWith(".tmp"))) {
      await fs.unlink(this.#path(name));
    }
    const whole: Snapshot[] = [];
    for (const name of names.filter(isBody).reverse()) {
      const snapshot = await this.#check(name);
      if (snapshot === undefined) await this.#setAside(name);
      else whole.push(snapshot);
    }
    this.#list = whole;
  }

  create(expected?: SnapshotManifest): SnapshotWriter {
    const path = this.#path(`${++this.#writers}.tmp`);
    const sums = new ChunkSums(expected?.chunkBytes ?? CHUNK_BYTES, expected);
    let file: File | undefined;
    let synced = 0;
    const abort = async (): Promise<void> => {
      await file?.close();
      if (file !== undefined) await this.#fs.unlink(path);
      file = undefined;
    };
    /** What a full disk has no room for must not fill it either. */
    const whileRoom = async <T>(act: () => Promise<T>): Promise<T> => {
      try {
        return await act();
      } catch (error) {
        if (isNoSpace(error)) await abort();
        throw error;
      }
    };
    return {
      get size() {
        return sums.size;
      },
      write: (bytes) =>
        whileRoom(async () => {
          file ??= await this.#fs.open(path);
          await file.write(sums.size, bytes);
          const isExpected = sums.add(bytes);
          if (sums.size - synced >= SYNC_EVERY_BYTES) {
            await file.sync();
            synced = sums.size;
          }
          return isExpected;
        }),
      finish: (what, takenAtMs) =>
        whileRoom(async () => {
          file ??= await this.#fs.open(path);
          const manifest = sums.manifest(takenAtMs);
          const { index: at, term: ofTerm, confState } = what;
          const snapshot = { index: at, term: ofTerm, confState, data: encodeManifest(manifest) };
          await file.write(sums.size, encodeEnd(snapshot));
          await file.sync();
          await this.#fs.rename(path, this.#path(nameOf(at)));
          await file.close();
          file = undefined;
          await this.#keep(snapshot);
          return snapshot;
        }),
      abort,
    };
  }

  async open(at: Index): Promise<SnapshotReader | undefined> {
    const snapshot = this.#list.find((one) => one.index === at);
    if (snapshot === undefined) return;
    const file = await this.#fs.open(this.#path(nameOf(at)));
    return bodyReader(file, snapshot);
  }

  /** Of several that find it broken the first one does it; it may have made way meanwhile, too. */
  async setAside(at: Index): Promise<void> {
    if (!this.#list.some((one) => one.index === at)) return;
    this.#list = this.#list.filter((one) => one.index !== at);
    await this.#setAside(nameOf(at));
  }

  #path(name: string): string {
    return `${this.#directory}/${name}`;
  }

  /** From here on it is there, whatever happens; older ones than are kept go. */
  async #keep(snapshot: Snapshot): Promise<void> {
    await this.#fs.syncDirectory(this.#directory);
    const all = [snapshot, ...this.#list.filter((one) => one.index !== snapshot.index)].sort(
      (a, b) => b.index - a.index,
    );
    this.#list = all.slice(0, SNAPSHOTS_KEPT);
    for (const { index: at } of all.slice(SNAPSHOTS_KEPT)) {
      await this.#fs.unlink(this.#path(nameOf(at)));
    }
  }

  async #setAside(name: string): Promise<void> {
    const fs = this.#fs;
    await fs.rename(this.#path(name), this.#path(`${name}${BROKEN}`));
    await fs.syncDirectory(this.#directory);
    const broken = (await fs.list(this.#directory)).filter((one) => one.endsWith(BROKEN));
    for (const old of broken.slice(0, -BROKEN_KEPT)) await fs.unlink(this.#path(old));
  }

  async #check(name: string): Promise<Snapshot | undefined> {
    const file = await this.#fs.open(this.#path(name));
    try {
      const snapshot = await readEnd(file);
      if (snapshot === undefined || nameOf(snapshot.index) !== name) return;
      return (await damagedChunks(bodyReader(file, snapshot))).length === 0 ? snapshot : undefined;
    } catch (error) {
      if (isUnreadable(error)) return;
      throw error;
    } finally {
      await file.close();
    }
  }
}
