// What one file's sectors hold, on the disk and before it.

import type { Prng } from "../../std/prng.ts";

export const SECTOR_BYTES = 512;

export class Content {
  durable: Uint8Array = new Uint8Array();
  volatile: Uint8Array = new Uint8Array();
  /** Sectors that were written since the last sync. */
  readonly #dirty = new Set<number>();

  write(at: number, bytes: Uint8Array): void {
    if (at + bytes.length > this.volatile.length) {
      this.volatile = grown(this.volatile, at + bytes.length);
    }
    this.volatile.set(bytes, at);
    const last = Math.floor((at + bytes.length - 1) / SECTOR_BYTES);
    for (let i = Math.floor(at / SECTOR_BYTES); i <= last; i++) this.#dirty.add(i);
  }

  sync(): void {
    this.durable = this.volatile.slice();
    this.#dirty.clear();
  }

  /** What was not synced is gone, and nobody says so. */
  drop(): void {
    this.volatile = this.durable.slice();
    this.#dirty.clear();
  }

  rot(at: number, mask: number): boolean {
    const byte = this.volatile[at];
    if (byte === undefined) return false;
    this.volatile[at] = byte ^ mask;
    if (at < this.durable.length) this.durable[at] = byte ^ mask;
    return true;
  }

  /** By what was meant for another place, as far as this file goes: at once, and for good. */
  overwrite(at: number, bytes: Uint8Array): void {
    for (const content of [this.volatile, this.durable]) {
      if (at < content.length) content.set(bytes.subarray(0, content.length - at), at);
    }
  }

  become(bytes: Uint8Array): void {
    this.durable = bytes.slice();
    this.drop();
  }

  /** Each sector that was written is there or not; the length follows those that are. */
  cut(random: Prng): void {
    let after: Uint8Array = this.durable.slice();
    for (const sector of [...this.#dirty].sort((a, b) => a - b)) {
      if (random.chance(0.5)) continue;
      const from = sector * SECTOR_BYTES;
      const to = Math.min(this.volatile.length, from + SECTOR_BYTES);
      if (to > after.length) after = grown(after, to);
      after.set(this.volatile.subarray(from, to), from);
    }
    this.become(after);
  }
}

const grown = (bytes: Uint8Array, length: number): Uint8Array => {
  const longer = new Uint8Array(length);
  longer.set(bytes);
  return longer;
};
