// Applied commands of one turn in one buffer.

import type { ApplyContext } from "../../replica/port.ts";
import { ByteReader, ByteWriter } from "../../std/bytes.ts";
import { index } from "../../std/ids.ts";

export class FeedWriter {
  readonly #writer = new ByteWriter();

  get bytes(): number {
    return this.#writer.length;
  }

  add(command: Uint8Array, { index: at, stampMs }: ApplyContext): void {
    this.#writer.uint(at).uint(stampMs).bytes(command);
  }

  /** What was added since the last time; a buffer of its own. */
  take(): Uint8Array<ArrayBuffer> {
    const entries = new Uint8Array(this.#writer.finish());
    this.#writer.reset();
    return entries;
  }

  drop(): void {
    this.#writer.reset();
  }
}

/** @throws MalformedError */
export function readFeed(
  entries: Uint8Array,
  apply: (command: Uint8Array, context: ApplyContext) => void,
): void {
  const reader = new ByteReader(entries);
  while (!reader.isDone) {
    const context = { index: index(reader.uint()), stampMs: reader.uint() };
    apply(reader.bytes(), context);
  }
}
