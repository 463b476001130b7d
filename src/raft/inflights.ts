// Appends on their way to one follower: their last index and bytes, oldest first, within limits.

import type { Index } from "../std/ids.ts";

export class Inflights {
  readonly #max: number;
  readonly #maxBytes: number;
  #items: { readonly index: Index; readonly bytes: number }[] = [];
  #bytes = 0;

  constructor(max: number, maxBytes: number) {
    this.#max = max;
    this.#maxBytes = maxBytes;
  }

  get count(): number {
    return this.#items.length;
  }

  get isFull(): boolean {
    return this.#items.length >= this.#max || this.#bytes >= this.#maxBytes;
  }

  add(index: Index, bytes: number): void {
    this.#items.push({ index, bytes });
    this.#bytes += bytes;
  }

  /** The follower has all up to `index`. */
  freeLessOrEqual(index: Index): void {
    let count = 0;
    for (const item of this.#items) {
      if (item.index > index) break;
      this.#bytes -= item.bytes;
      count++;
    }
    if (count > 0) this.#items.splice(0, count);
  }

  reset(): void {
    this.#items = [];
    this.#bytes = 0;
  }
}
