// To the one subscriber, at the end of a turn: what was applied in it, and who leads and belongs
// now. All of it are hints. What the subscriber throws is counted; the loop goes on.

import type { NodeId } from "../std/ids.ts";
import { NONE } from "../std/ids.ts";
import type { Members, MendingStatus, ReplicaCounters, ReplicaSubscriber } from "./options.ts";

export class Publisher<Event> {
  readonly #subscriber: ReplicaSubscriber<Event>;
  readonly #counters: ReplicaCounters;
  /** Appended to by apply, in log order. */
  events: Event[] = [];
  #leader: NodeId | undefined;
  #members: Members | undefined;
  #isRestored = false;

  constructor(subscriber: ReplicaSubscriber<Event>, counters: ReplicaCounters) {
    this.#subscriber = subscriber;
    this.#counters = counters;
  }

  leader(id: NodeId): void {
    this.#leader = id;
  }

  members(members: Members): void {
    this.#members = members;
  }

  mending(status: MendingStatus): void {
    this.#tell(() => this.#subscriber.onMending?.(status));
  }

  /** Events of what was applied before are told first: they are of the state before. */
  restored(members: Members): void {
    this.#members = members;
    this.#isRestored = true;
  }

  room(isFull: boolean): void {
    this.#tell(() => this.#subscriber.onRoom?.(isFull));
  }

  failed(reason: Error): void {
    this.#tell(() => this.#subscriber.onFailed?.(reason));
  }

  flush(): void {
    const events = this.events;
    const members = this.#members;
    const leader = this.#leader;
    this.#members = undefined;
    this.#leader = undefined;
    if (members !== undefined) this.#tell(() => this.#subscriber.onMembers?.(members));
    if (leader !== undefined) {
      this.#tell(() => this.#subscriber.onLeader?.(leader === NONE ? undefined : leader));
    }
    const isRestored = this.#isRestored;
    this.#isRestored = false;
    if (isRestored) this.#tell(() => this.#subscriber.onRestored?.());
    if (events.length === 0) return;
    this.events = [];
    this.#tell(() => this.#subscriber.onApplied(events));
  }

  #tell(call: () => void): void {
    try {
      call();
    } catch {
      this.#counters.subscriberFailures++;
    }
  }
}
