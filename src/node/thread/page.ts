// A page of shared memory that the user's side writes and the engine reads: a side whose event loop
// stands can post nothing, but what it wrote before it stood is there.
//
// I1. One writer. The text is whole where the number before it is even, and the same after reading.

import { fromUtf8, utf8 } from "../../std/bytes.ts";

/** What user code runs, or ran last. */
export interface Activity {
  /** False: the loop was left since; what stands still is a promise callback, or no run's. */
  readonly isInside: boolean;
  /** "" before the first. */
  readonly what: string;
}

const SEEN = 0;
const VERSION = 1;
const LENGTH = 2;
const INSIDE = 3;
const TEXT_AT = 16;
const PAGE_BYTES = 1_024;
const TEXT_MAX = PAGE_BYTES - TEXT_AT;

export class Page {
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Int32Array<SharedArrayBuffer>;
  readonly #text: Uint8Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(PAGE_BYTES)) {
    this.memory = memory;
    this.#numbers = new Int32Array(memory, 0, TEXT_AT / 4);
    this.#text = new Uint8Array(memory, TEXT_AT);
  }

  /** How many messages the user's side has taken in. */
  get seen(): number {
    return Atomics.load(this.#numbers, SEEN) >>> 0;
  }

  see(count: number): void {
    Atomics.store(this.#numbers, SEEN, count | 0);
  }

  enter(what: string): void {
    const numbers = this.#numbers;
    const version = Atomics.add(numbers, VERSION, 1) + 1;
    const bytes = utf8(what).subarray(0, TEXT_MAX);
    this.#text.set(bytes);
    Atomics.store(numbers, LENGTH, bytes.length);
    Atomics.store(numbers, INSIDE, 1);
    Atomics.store(numbers, VERSION, version + 1);
  }

  leave(): void {
    Atomics.store(this.#numbers, INSIDE, 0);
  }

  /** undefined: it is being written now, so nothing stands still. */
  activity(): Activity | undefined {
    const numbers = this.#numbers;
    const version = Atomics.load(numbers, VERSION);
    const bytes = this.#text.slice(0, Atomics.load(numbers, LENGTH));
    const isInside = Atomics.load(numbers, INSIDE) === 1;
    const isTorn = version % 2 !== 0 || Atomics.load(numbers, VERSION) !== version;
    return isTorn ? undefined : { isInside, what: textOf(bytes) };
  }
}

/** A text that was cut to fit may end within a character. */
function textOf(bytes: Uint8Array): string {
  for (let cut = 0; cut < 4; cut++) {
    try {
      return fromUtf8(bytes.slice(0, bytes.length - cut));
    } catch {}
  }
  return "";
}
