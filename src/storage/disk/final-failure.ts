// A file system until its first failure. After that nothing is known of the disk: what was written
// before may be there or not, and a later call that says that all is well proves nothing
// (fsyncgate). So no later call is made: each is refused by the first failure.
//
// One for all that a node keeps: where its snapshots fail, its log writes nothing more either.
// Reading changes nothing, and is refused by nothing; a disk that is only full has not failed.

import { type File, FileError, type FileSystem } from "./file-system.ts";

/** Those that change something, or make it safe. */
export interface FinalFileSystem extends FileSystem {
  readonly failure: FileError | undefined;
  /** Calls that are not done; reading, too, may be on the way to a change. */
  readonly underWay: ReadonlySet<Promise<unknown>>;
  /** From without: no call is to be made any more. */
  end(failure: FileError): void;
  /** At once when the first call fails; at once if one has. */
  onFailure(listener: (failure: FileError) => void): void;
}

export function untilFailure(fs: FileSystem): FinalFileSystem {
  return fs instanceof UntilFailure ? fs : new UntilFailure(fs);
}

class UntilFailure implements FinalFileSystem {
  readonly #fs: FileSystem;
  readonly #listeners: ((failure: FileError) => void)[] = [];
  readonly underWay = new Set<Promise<unknown>>();
  failure: FileError | undefined;

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  onFailure(listener: (failure: FileError) => void): void {
    this.#listeners.push(listener);
    if (this.failure !== undefined) listener(this.failure);
  }

  open(path: string): Promise<File> {
    return this.#final(async () => this.#file(await this.#fs.open(path)));
  }

  makeDirectory(path: string): Promise<void> {
    return this.#final(() => this.#fs.makeDirectory(path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#final(() => this.#fs.rename(from, to));
  }

  unlink(path: string): Promise<void> {
    return this.#final(() => this.#fs.unlink(path));
  }

  syncDirectory(path: string): Promise<void> {
    return this.#final(() => this.#fs.syncDirectory(path));
  }

  list(directory: string): Promise<readonly string[]> {
    return this.#counted(() => this.#fs.list(directory));
  }

  free(directory: string): Promise<number> {
    return this.#fs.free(directory);
  }

  used(directory: string): Promise<number> {
    return this.#fs.used(directory);
  }

  #file(file: File): File {
    return {
      size: () => this.#counted(() => file.size()),
      read: (at, length) => this.#counted(() => file.read(at, length)),
      write: (at, bytes) => this.#final(() => file.write(at, bytes)),
      sync: () => this.#final(() => file.sync()),
      writeSafely: (at, bytes) => this.#final(() => file.writeSafely(at, bytes)),
      close: () => this.#counted(() => file.close()),
    };
  }

  async #final<T>(act: () => Promise<T>): Promise<T> {
    if (this.failure !== undefined) throw this.failure;
    try {
      return await this.#counted(act);
    } catch (error) {
      if (error instanceof FileError && error.reason === "failed") this.end(error);
      throw error;
    }
  }

  async #counted<T>(act: () => Promise<T>): Promise<T> {
    const call = act();
    this.underWay.add(call);
    try {
      return await call;
    } finally {
      this.underWay.delete(call);
    }
  }

  end(failure: FileError): void {
    if (this.failure !== undefined) return;
    this.failure = failure;
    for (const listener of this.#listeners) listener(failure);
  }
}
