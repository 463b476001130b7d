// Files on a disk that can lose its power: what was not synced is there or not, sector by sector; a
// name that was not synced too. It can be full, fail, lie about it, and put bytes where they do not
// belong. Everything else is as the file system's port says.

import type { Timers } from "../../std/clock.ts";
import type { Prng } from "../../std/prng.ts";
import {
  type File,
  type FileCall,
  FileError,
  type FileSystem,
} from "../../storage/disk/file-system.ts";
import { Content, SECTOR_BYTES } from "./virtual-content.ts";

type Later = <T>(act: () => T) => Promise<T>;

/** What survives crashes. */
export class VirtualDisk {
  readonly #random: Prng;
  #names = new Map<string, Content>();
  #durableNames = new Map<string, Content>();
  #lives = 0;
  /** The next sync of any file fails, and all after it say that they succeed. */
  nextSyncFails: boolean = false;
  /** Bytes of all files together; a write beyond is done in part, and refused. */
  capacityBytes: number = Number.POSITIVE_INFINITY;
  /** Hears of each call before it is done; whether it fails. */
  fails: (call: FileCall) => boolean = () => false;
  #misdirection: Misdirection | undefined;

  constructor(random: Prng) {
    this.#random = random;
  }

  /** A process's view of it; after a power cut it answers nothing any more. */
  mount(timers: Timers): FileSystem {
    const life = this.#lives;
    /** Takes a turn; whoever waits when the power goes waits for ever. */
    const later: Later = (act) =>
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
      open: (path) =>
        later(() => {
          this.#called({ call: "open", path });
          return this.#file(path, this.#contentOf(path), later);
        }),
      list: (directory) => later(() => this.#namesIn(directory)),
      makeDirectory: (path) => later(() => this.#called({ call: "make directory", path })),
      rename: (from, to) => later(() => this.#rename(from, to)),
      unlink: (path) =>
        later(() => {
          this.#called({ call: "remove", path });
          this.#names.delete(path);
        }),
      syncDirectory: (path) =>
        later(() => {
          this.#called({ call: "sync directory", path });
          this.#durableNames = new Map(this.#names);
        }),
      free: () => later(() => this.freeBytes),
      used: (path) => later(() => this.#bytesIn(path)),
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
    return this.#names.get(path)?.rot(at, 1 + this.#random.below(255)) === true;
  }

  /** The next write that fits goes to a place that is not its own, in this file or another one. */
  misdirectNext(misdirection: Misdirection | undefined): void {
    this.#misdirection = misdirection;
  }

  /** A file as a copy, to look at, to damage, and to put back. */
  bytes(path: string): Uint8Array {
    return this.#names.get(path)?.volatile.slice() ?? new Uint8Array();
  }

  replace(path: string, bytes: Uint8Array): void {
    this.#names.get(path)?.become(bytes);
  }

  /** As a new one. */
  wipe(): void {
    this.#lives++;
    this.#names = new Map();
    this.#durableNames = new Map();
  }

  /** A file that is there, whatever was before. */
  put(path: string, bytes: Uint8Array): void {
    this.#contentOf(path).become(bytes);
    this.#durableNames = new Map(this.#names);
  }

  paths(): readonly string[] {
    return [...this.#names.keys()].sort();
  }

  size(path: string): number {
    return this.#names.get(path)?.volatile.length ?? 0;
  }

  get usedBytes(): number {
    let used = 0;
    for (const { volatile } of this.#names.values()) used += volatile.length;
    return used;
  }

  get freeBytes(): number {
    return Math.max(0, this.capacityBytes - this.usedBytes);
  }

  #called(call: FileCall): void {
    if (this.fails(call)) throw new FileError("failed", call, "input/output error");
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

  #bytesIn(directory: string): number {
    return this.#namesIn(directory).reduce(
      (sum, name) => sum + this.size(`${directory}/${name}`),
      0,
    );
  }

  #rename(from: string, to: string): void {
    const call = { call: "rename", path: `${from} to ${to}` };
    this.#called(call);
    const content = this.#names.get(from);
    if (content === undefined) throw new FileError("failed", call, "no such file");
    this.#names.delete(from);
    this.#names.set(to, content);
  }

  #file(path: string, content: Content, later: Later): File {
    const write = (at: number, bytes: Uint8Array): Promise<void> =>
      later(() => this.#write({ path, content }, at, bytes));
    const sync = (): Promise<void> => later(() => this.#sync({ path, content }));
    return {
      size: () => later(() => content.volatile.length),
      read: (at, length) => later(() => content.volatile.slice(at, at + length)),
      write,
      sync,
      // The power may go between the two.
      writeSafely: (at, bytes) => write(at, bytes).then(sync),
      close: () => later(() => {}),
    };
  }

  #write({ path, content }: Named, at: number, bytes: Uint8Array): void {
    const call = { call: "write", path };
    this.#called(call);
    const room = content.volatile.length + this.freeBytes - at;
    if (bytes.length <= room) {
      if (!this.#misdirects({ path, content }, at, bytes)) content.write(at, bytes);
      return;
    }
    // As a full disk does it: what fits is there.
    const fitting = this.#random.below(Math.max(0, Math.floor(room)) + 1);
    if (fitting > 0) content.write(at, bytes.subarray(0, fitting));
    throw new FileError("no-space", call, "no space left on device");
  }

  /** Sectors go astray: what is hit lies as far within one. The place meant keeps what it had. */
  #misdirects({ path, content }: Named, at: number, bytes: Uint8Array): boolean {
    const misdirection = this.#misdirection;
    if (misdirection?.isMeant(path) !== true) return false;
    const [first = path, ...others] = this.paths().filter((one) => misdirection.mayHit(one));
    const hit = this.#random.chance(0.5) ? path : this.#random.pick([first, ...others]);
    const sector = this.#random.below(Math.ceil(this.size(hit) / SECTOR_BYTES) + 1);
    const to = sector * SECTOR_BYTES + (at % SECTOR_BYTES);
    if (to >= this.size(hit) || (hit === path && to === at)) return false;
    this.#misdirection = undefined;
    const beyond = at + bytes.length - content.volatile.length;
    if (beyond > 0) content.write(content.volatile.length, new Uint8Array(beyond));
    this.#names.get(hit)?.overwrite(to, bytes);
    const isOverlapping = hit === path && Math.abs(to - at) < bytes.length;
    misdirection.onDone({ meant: path, hit, isOverlapping });
    return true;
  }

  #sync({ path, content }: Named): void {
    const call = { call: "sync", path };
    const isFailing = this.nextSyncFails;
    this.nextSyncFails = false;
    if (!isFailing && !this.fails(call)) {
      content.sync();
      return;
    }
    // As real ones do: the pages are marked clean, and the next sync succeeds.
    content.drop();
    throw new FileError("failed", call, "input/output error");
  }
}

/** A write that the disk carries out in the wrong place, and says that it is done. */
export interface Misdirection {
  isMeant(path: string): boolean;
  mayHit(path: string): boolean;
  onDone(done: Misdirected): void;
}

/** Paths of the file that a write was meant for, and of that which it went to. */
export interface Misdirected {
  readonly meant: string;
  readonly hit: string;
  /** What was written reaches into the place that it was meant for. */
  readonly isOverlapping: boolean;
}

interface Named {
  readonly path: string;
  readonly content: Content;
}
