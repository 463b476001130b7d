// The machine's own files, on the thread pool: the event loop never waits for the disk.

import { constants } from "node:fs";
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  rename,
  stat,
  statfs,
  unlink,
} from "node:fs/promises";
import { platform } from "node:os";
import { type File, type FileCall, FileError, type FileSystem } from "./file-system.ts";

export interface FileSystemOptions {
  /** Who only looks may look at what it cannot write to, too. */
  readonly isReadOnly?: boolean;
}

export function nodeFileSystem({ isReadOnly = false }: FileSystemOptions = {}): FileSystem {
  const openOne = isReadOnly ? (path: string) => open(path, "r") : openForBoth;
  return {
    open: (path) =>
      told({ call: "open", path }, async () => new NodeFile(await openOne(path), path)),
    list: (path) => told({ call: "list", path }, () => namesIn(path)),
    makeDirectory: (path) => told({ call: "make directory", path }, () => makeDirectory(path)),
    rename: (from, to) =>
      told({ call: "rename", path: `${from} to ${to}` }, () => rename(from, to)),
    unlink: (path) => told({ call: "remove", path }, () => unlink(path)),
    syncDirectory: (path) =>
      told({ call: "sync directory", path }, async () => {
        const handle = await open(path, "r");
        try {
          await handle.sync();
        } finally {
          await handle.close();
        }
      }),
    free: (path) =>
      told({ call: "free space of", path }, async () => {
        const { bavail, blocks, bsize } = await statfs(path);
        // Some file systems do not say: then only a write tells.
        return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize;
      }),
    used: (path) => told({ call: "size of", path }, () => bytesIn(path)),
  };
}

/** `r+` truncates nothing, and creates nothing. */
async function openForBoth(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r+");
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
    return await open(path, "w+");
  }
}

/** Not by `recursive`: below a /proc that makes no directories it never comes to an end. */
async function makeDirectory(path: string): Promise<void> {
  if (await isMade(path)) return;
  const slash = path.lastIndexOf("/");
  if (slash > 0) await makeDirectory(path.slice(0, slash));
  // Made above, and absent all the same: the system has the word for it.
  if (!(await isMade(path))) await mkdir(path);
}

/** False: what is above it is not there. */
async function isMade(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST") && (await stat(path)).isDirectory()) return true;
    if (isCode(error, "ENOENT")) return false;
    throw error;
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  }
}

async function bytesIn(directory: string): Promise<number> {
  let sum = 0;
  for (const name of await namesIn(directory)) {
    try {
      sum += (await stat(`${directory}/${name}`)).size;
    } catch (error) {
      // Renamed or removed since.
      if (!isCode(error, "ENOENT")) throw error;
    }
  }
  return sum;
}

/**
 * Where the system brings a write to the disk before it returns, it is one trip of the thread pool
 * instead of two. macOS has the flag, and does not flush the drive by it.
 */
const SAFELY = platform() === "linux" ? constants.O_RDWR | constants.O_DSYNC : undefined;

class NodeFile implements File {
  readonly #handle: FileHandle;
  readonly #path: string;
  /** Of the same file, opened at the first write that needs it. */
  #safe: Promise<FileHandle> | undefined;

  constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  size(): Promise<number> {
    return this.#told("size of", async () => (await this.#handle.stat()).size);
  }

  read(at: number, length: number): Promise<Uint8Array> {
    return this.#told("read", async () => {
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await this.#handle.read(bytes, done, length - done, at + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    });
  }

  write(at: number, bytes: Uint8Array): Promise<void> {
    return this.#told("write", () => writeAll(this.#handle, at, bytes));
  }

  sync(): Promise<void> {
    return this.#told("sync", () => this.#handle.datasync());
  }

  async writeSafely(at: number, bytes: Uint8Array): Promise<void> {
    if (SAFELY !== undefined && (await this.#isWrittenSafely(SAFELY, at, bytes))) return;
    await this.write(at, bytes);
    await this.sync();
  }

  /**
   * False: the disk is full, and nobody knows whether it refused the bytes, which may be tried
   * again, or their way to the disk, which may not: written again in two calls it says which.
   */
  async #isWrittenSafely(flags: number, at: number, bytes: Uint8Array): Promise<boolean> {
    try {
      this.#safe ??= open(this.#path, flags);
      await writeAll(await this.#safe, at, bytes);
      return true;
    } catch (error) {
      if (isFull(error)) return false;
      throw new FileError("failed", { call: "write", path: this.#path }, error);
    }
  }

  close(): Promise<void> {
    return this.#told("close", async () => {
      await (await this.#safe?.catch(() => undefined))?.close();
      await this.#handle.close();
    });
  }

  #told<T>(call: string, act: () => Promise<T>): Promise<T> {
    return told({ call, path: this.#path }, act);
  }
}

/** A full disk takes a part without an error, and refuses the rest at the next call. */
export async function writeAll(
  handle: Pick<FileHandle, "write">,
  at: number,
  bytes: Uint8Array,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
    if (bytesWritten === 0) throw new Error("it takes nothing");
    done += bytesWritten;
  }
}

/** @throws FileError */
export async function told<T>(call: FileCall, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new FileError(reasonOf(call, error), call, error);
  }
}

/** What a sync did not bring to the disk is lost, for whatever reason. */
function reasonOf({ call }: FileCall, error: unknown): "no-space" | "failed" {
  return isFull(error) && !call.startsWith("sync") ? "no-space" : "failed";
}

const isFull = (error: unknown): boolean => isCode(error, "ENOSPC") || isCode(error, "EDQUOT");

export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
