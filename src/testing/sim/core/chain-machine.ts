// The smallest state machine that shows an entry out of place: a hash over all that it applied.

import type { Entry } from "../../../raft/types.ts";
import { ByteReader, ByteWriter } from "../../../std/bytes.ts";
import { type Index, index } from "../../../std/ids.ts";

export class ChainMachine {
  applied: Index = index(0);
  hash = 0;

  apply(entry: Entry): void {
    this.applied = entry.index;
    this.hash = chained(this.hash, entry);
  }

  encode(): Uint8Array {
    return new ByteWriter().uint(this.applied).uint(this.hash).finish();
  }

  restore(bytes: Uint8Array): void {
    const reader = new ByteReader(bytes);
    this.applied = index(reader.uint());
    this.hash = reader.uint();
  }
}

export const chained = (hash: number, entry: Entry): number =>
  dataHash(entry.data, mix(mix(hash, entry.index), entry.term));

export function dataHash(bytes: Uint8Array, from = 0x811c9dc5): number {
  let h = from;
  for (const byte of bytes) h = mix(h, byte);
  return h;
}

const mix = (h: number, value: number): number => Math.imul(h ^ value, 0x01000193) >>> 0;
