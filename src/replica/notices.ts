// A leader's word of what is committed, when it goes by itself, waits for a moment: the next entry
// has it too. One run's effects, one after the other, then cost each member one message and one
// answer instead of two.
//
// I1. Who waits for an entry of its own is told at once, and so is whom an entry concerns.
// I2. What waits leaves after NOTICE_WAIT_MS, or is carried by a later append to the same member.

import { isLocalTarget, type Message } from "../raft/message.ts";
import type { Clock, Timer, Timers } from "../std/clock.ts";
import type { NodeId } from "../std/ids.ts";

/** Longer than from a commit to the effect after it, and short to those who only look on. */
export const NOTICE_WAIT_MS = 10;
/** A member that proposed within it waits for its entries. */
export const PROPOSER_MS = 1_000;

export interface NoticesParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly courier: { raft(message: Message): void };
}

export class Notices {
  readonly #parts: NoticesParts;
  readonly #waiting = new Map<NodeId, Message>();
  readonly #proposedMs = new Map<NodeId, number>();
  #timer: Timer | undefined;

  constructor(parts: NoticesParts) {
    this.#parts = parts;
  }

  /** Proposals of a member came: it waits to see them committed. */
  proposed(by: NodeId): void {
    this.#proposedMs.set(by, this.#parts.clock.monotonicMs());
  }

  /** Something that was applied concerns this member: what waits for it leaves now. */
  hurry(id: NodeId): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    this.#parts.courier.raft(waiting);
  }

  /** What is for members, now or soon. */
  send(messages: readonly Message[]): void {
    for (const message of messages) if (!isLocalTarget(message.to)) this.#send(message);
  }

  #send(message: Message): void {
    if (message.type === "app") {
      if (isNotice(message) && !this.#isProposer(message.to)) {
        this.#wait(message);
        return;
      }
      this.#waiting.delete(message.to);
    }
    this.#parts.courier.raft(message);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#waiting.clear();
  }

  #isProposer(id: NodeId): boolean {
    const atMs = this.#proposedMs.get(id);
    if (atMs === undefined) return false;
    if (this.#parts.clock.monotonicMs() - atMs <= PROPOSER_MS) return true;
    this.#proposedMs.delete(id);
    return false;
  }

  #wait(message: Message): void {
    this.#waiting.set(message.to, message);
    this.#timer ??= this.#parts.timers.set(NOTICE_WAIT_MS, () => {
      this.#timer = undefined;
      for (const waiting of this.#waiting.values()) this.#parts.courier.raft(waiting);
      this.#waiting.clear();
    });
  }
}

const isNotice = ({ entries, reject }: Message): boolean => entries.length === 0 && !reject;
