// Committed entries into the machine, one by one, in log order.

import type { Entry } from "../raft/types.ts";
import { fromUtf8, utf8 } from "../std/bytes.ts";
import { decodeEntry, isSameBytes } from "./entry-codec.ts";
import type { StateMachine } from "./port.ts";

export interface ApplierParts<Reply, Event> {
  readonly machine: StateMachine<Reply, Event>;
  readonly origin: string;
  /** One of this process's own proposals was applied. */
  onOwn(sequence: number, reply: Reply): void;
  /** One of another's, and whether anybody wants to know. */
  onOther(origin: string, sequence: number): void;
  isTrackingOthers(): boolean;
}

export class Applier<Reply, Event> {
  readonly #parts: ApplierParts<Reply, Event>;
  readonly #origin: Uint8Array;
  /** Of all entries that were applied. */
  bytes = 0;

  constructor(parts: ApplierParts<Reply, Event>) {
    this.#parts = parts;
    this.#origin = utf8(parts.origin);
  }

  /**
   * Throws what the machine throws, and for bytes that are no entry: a replica that skipped a
   * committed entry would no longer be its peers' equal.
   */
  apply(entry: Entry, events: Event[]): void {
    this.bytes += entry.data.length;
    // A new leader's first entry is empty.
    if (entry.data.length === 0) return;
    const { machine, onOther, onOwn, isTrackingOthers } = this.#parts;
    const { command, origin, sequence, stampMs } = decodeEntry(entry.data);
    const applied = machine.apply(command, { index: entry.index, stampMs });
    for (const event of applied.events) events.push(event);
    if (isSameBytes(origin, this.#origin)) onOwn(sequence, applied.reply);
    else if (isTrackingOthers()) onOther(fromUtf8(origin), sequence);
  }
}
