// The machine's own files, on the thread pool: the event loop never waits for the disk.

import { type FileHandle, mkdir, open, readdir, rename, stat, unlink } from "node:fs/promises";
import { type File, FileError, type FileSystem } from "./file-system.ts";

export function nodeFileSystem(): FileSystem {
  return {
    open: (path) => told(`open ${path}`, async () => new NodeFile(await openForBoth(path), path)),
    list: (directory) => told(`list ${directory}`, () => namesIn(directory)),
    makeDirectory: (path) => told(`make ${path}`, () => makeDirectory(path)),
    rename: (from, to) => told(`rename ${from} to ${to}`, () => rename(from, to)),
    unlink: (path) => told(`remove ${path}`, () => unlink(path)),
    syncDirectory: (path) =>
      told(`sync ${path}`, async () => {
        const handle = await open(path, "r");
        try {
          await handle.sync();
        } finally {
          await handle.close();
        }
      }),
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

class NodeFile implements File {
  readonly #handle: FileHandle;
  readonly #path: string;

  constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  size(): Promise<number> {
    return told(`size of ${this.#path}`, async () => (await this.#handle.stat()).size);
  }

  read(at: number, length: number): Promise<Uint8Array> {
    return told(`read ${this.#path}`, async () => {
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
    return told(`write ${this.#path}`, async () => {
      // A full disk takes a part without an error, and refuses the rest at the next call.
      for (let done = 0; done < bytes.length; ) {
        const left = bytes.length - done;
        const { bytesWritten } = await this.#handle.write(bytes, done, left, at + done);
        if (bytesWritten === 0) throw new FileError("failed", `${this.#path} takes nothing`);
        done += bytesWritten;
      }
    });
  }

  sync(): Promise<void> {
    return told(`sync ${this.#path}`, () => this.#handle.datasync());
  }

  close(): Promise<void> {
    return told(`close ${this.#path}`, () => this.#handle.close());
  }
}

async function told<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof FileError) throw error;
    const reason = isCode(error, "ENOSPC") || isCode(error, "EDQUOT") ? "no-space" : "failed";
    throw new FileError(
      reason,
      `${what}: ${error instanceof Error ? error.message : error}`,
      error,
    );
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
