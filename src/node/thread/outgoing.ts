// Messages to the user's side, counted: how much of them it has not taken in, and for how long.

import type { Link } from "./messages.ts";
import type { Page } from "./page.ts";

interface Posted {
  readonly number: number;
  readonly bytes: number;
}

/** What a message weighs beside what is transferred, about. */
const MESSAGE_BYTES = 256;

export class Outgoing<Out> {
  readonly #link: Link<Out, unknown>;
  readonly #page: Pick<Page, "seen">;
  #posted: Posted[] = [];
  #count: number;
  #bytes = 0;

  constructor(link: Link<Out, unknown>, page: Pick<Page, "seen">) {
    this.#link = link;
    this.#page = page;
    this.#count = page.seen;
  }

  post(message: Out, transfer: readonly ArrayBuffer[] = []): void {
    const bytes = transfer.reduce((sum, { byteLength }) => sum + byteLength, MESSAGE_BYTES);
    this.#link.post(message, transfer);
    this.#count = (this.#count + 1) >>> 0;
    this.#posted.push({ number: this.#count, bytes });
    this.#bytes += bytes;
  }

  /** What was posted and is not taken in. */
  get unseenBytes(): number {
    this.#look();
    return this.#bytes;
  }

  /** The number of the oldest message that is not taken in; undefined: all are. */
  get oldestUnseen(): number | undefined {
    this.#look();
    return this.#posted[0]?.number;
  }

  #look(): void {
    const { seen } = this.#page;
    let done = 0;
    // Numbers wrap around at 2^32: what counts is the distance.
    for (const { bytes, number } of this.#posted) {
      if ((seen - number) >>> 0 >= 2 ** 31) break;
      this.#bytes -= bytes;
      done++;
    }
    if (done > 0) this.#posted = this.#posted.slice(done);
  }
}
