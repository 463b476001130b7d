// Reads that wait for a heartbeat quorum, keyed by a position of our own:
// callers' contexts may repeat.

import type { Index, NodeId } from "../std/ids.ts";
import type { Message } from "./message.ts";

/**
 * `context` was asked for; whoever has applied `index` may answer it linearizably (thesis §6.4).
 */
export interface ReadState {
  readonly index: Index;
  readonly context: Uint8Array;
}

export interface PendingRead {
  readonly position: number;
  readonly request: Message;
  readonly index: Index;
  readonly acks: Set<NodeId>;
}

export class ReadOnly {
  #queue: PendingRead[] = [];
  #next = 1;

  /** The position that the next heartbeat confirms reads up to; 0 while none waits. */
  get last(): number {
    return this.#queue.at(-1)?.position ?? 0;
  }

  add(request: Message, index: Index, self: NodeId): void {
    this.#queue.push({ position: this.#next++, request, index, acks: new Set([self]) });
  }

  /** `from` still followed us when it confirmed `position`: so for every read before it too. */
  ack(from: NodeId, position: number): void {
    for (const read of this.#queue) {
      if (read.position > position) break;
      read.acks.add(from);
    }
  }

  /** Takes the reads off the front that `isQuorum` agrees to. */
  takeConfirmed(isQuorum: (acks: ReadonlySet<NodeId>) => boolean): readonly PendingRead[] {
    let count = 0;
    while (count < this.#queue.length) {
      const read = this.#queue[count];
      if (read === undefined || !isQuorum(read.acks)) break;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  reset(): void {
    this.#queue = [];
  }
}
