// Files on a disk that can lose its power: what was not synced is there or not, sector by sector; a
// name that was not synced too. Everything else is as the file system's port says.

import type { Timers } from "../../std/clock.ts";
import type { Prng } from "../../std/prng.ts";
import { type File, FileError, type FileSystem } from "../../storage/disk/file-system.ts";

const SECTOR_BYTES = 512;

/** What one file's sectors hold. */
class Content {
  durable: Uint8Array = new Uint8Array();
  volatile: Uint8Array = new Uint8Array();
  /** Sectors that were written since the last sync. */
  readonly dirty: Set<number> = new Set();

  write(at: number, bytes: Uint8Array): void {
    if (at + bytes.length > this.volatile.length) {
      this.volatile = grown(this.volatile, at + bytes.length);
    }
    this.volatile.set(bytes, at);
    const last = Math.floor((at + bytes.length - 1) / SECTOR_BYTES);
    for (let i = Math.floor(at / SECTOR_BYTES); i <= last; i++) this.dirty.add(i);
  }

  sync(): void {
    this.durable = this.volatile.slice();
    this.dirty.clear();
  }

  /** Each sector that was written is there or not; the length follows those that are. */
  cut(random: Prng): void {
    let after: Uint8Array = this.durable.slice();
    for (const sector of [...this.dirty].sort((a, b) => a - b)) {
      if (random.chance(0.5)) continue;
      const from = sector * SECTOR_BYTES;
      const to = Math.min(this.volatile.length, from + SECTOR_BYTES);
      if (to > after.length) after = grown(after, to);
      after.set(this.volatile.subarray(from, to), from);
    }
    this.durable = after;
    this.volatile = after.slice();
    this.dirty.clear();
  }
}

const grown = (bytes: Uint8Array, length: number): Uint8Array => {
  const longer = new Uint8Array(length);
  longer.set(bytes);
  return longer;
};

/** What survives crashes. */
export class VirtualDisk {
  readonly #random: Prng;
  #names = new Map<string, Content>();
  #durableNames = new Map<string, Content>();
  #lives = 0;
  /** The next sync of any file fails, and all after it say that they succeed. */
  nextSyncFails: boolean = false;
  /** Writes beyond are refused. */
  freeBytes: number = Number.POSITIVE_INFINITY;

  constructor(random: Prng) {
    this.#random = random;
  }

  /** A process's view of it; after a power cut it answers nothing any more. */
  mount(timers: Timers): FileSystem {
    const life = this.#lives;
    /** Takes a turn; whoever waits when the power goes waits for ever. */
    const later = <T>(act: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        timers.defer(() => {
          if (life !== this.#lives) return;
          try {
            resolve(act());
          } catch (error) {
            reject(error);
          }
        });
      });
    return {
      open: (path) => later(() => this.#file(this.#contentOf(path), later)),
      list: (directory) => later(() => this.#namesIn(directory)),
      makeDirectory: () => later(() => {}),
      rename: (from, to) => later(() => this.#rename(from, to)),
      unlink: (path) => later(() => void this.#names.delete(path)),
      syncDirectory: () =>
        later(() => {
          this.#durableNames = new Map(this.#names);
        }),
    };
  }

  /** As kill -9: the system still has what the process wrote, synced or not. */
  processDies(): void {
    this.#lives++;
  }

  /** All processes on it are gone, and with them what was not synced, or a part of it. */
  powerCut(): void {
    this.#lives++;
    const kept = this.#random.chance(0.5) ? this.#names : this.#durableNames;
    this.#names = new Map(kept);
    this.#durableNames = new Map(kept);
    for (const content of new Set(this.#names.values())) content.cut(this.#random);
  }

  /** Flips bits of one byte of a file. False: there is none. */
  rot(path: string, at: number): boolean {
    const content = this.#names.get(path);
    const byte = content?.volatile[at];
    if (content === undefined || byte === undefined) return false;
    const rotten = byte ^ (1 + this.#random.below(255));
    content.volatile[at] = rotten;
    if (at < content.durable.length) content.durable[at] = rotten;
    return true;
  }

  paths(): readonly string[] {
    return [...this.#names.keys()].sort();
  }

  size(path: string): number {
    return this.#names.get(path)?.volatile.length ?? 0;
  }

  #contentOf(path: string): Content {
    const known = this.#names.get(path);
    if (known !== undefined) return known;
    const made = new Content();
    this.#names.set(path, made);
    return made;
  }

  #namesIn(directory: string): readonly string[] {
    const prefix = `${directory}/`;
    return this.paths()
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length));
  }

  #rename(from: string, to: string): void {
    const content = this.#names.get(from);
    if (content === undefined) throw new FileError("failed", `no file ${from}`);
    this.#names.delete(from);
    this.#names.set(to, content);
  }

  #file(content: Content, later: <T>(act: () => T) => Promise<T>): File {
    return {
      size: () => later(() => content.volatile.length),
      read: (at, length) => later(() => content.volatile.slice(at, at + length)),
      write: (at, bytes) =>
        later(() => {
          const more = Math.max(0, at + bytes.length - content.volatile.length);
          if (more > this.freeBytes) throw new FileError("no-space", "the disk is full");
          this.freeBytes -= more;
          content.write(at, bytes);
        }),
      sync: () =>
        later(() => {
          if (this.nextSyncFails) {
            this.nextSyncFails = false;
            // As real ones do: the pages are marked clean, and the next sync succeeds.
            content.dirty.clear();
            content.volatile = content.durable.slice();
            throw new FileError("failed", "input/output error");
          }
          content.sync();
        }),
      close: () => later(() => {}),
    };
  }
}
