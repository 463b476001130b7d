// What was sent to the body and fed, and what of it nobody has read (SEMANTICS 3, 23). What was
// accepted but not fed does not exist yet.

import type { SignalInput } from "../dsl/record.ts";

export class Signals {
  /** By name, in the order in which they were fed. */
  readonly #unread = new Map<string, SignalInput[]>();
  readonly #consumed: string[] = [];

  /** Ids of those that were read: the next run is not given them again. */
  get consumed(): readonly string[] {
    return this.#consumed;
  }

  keep(signal: SignalInput): void {
    const unread = this.#unread.get(signal.name) ?? [];
    unread.push(signal);
    this.#unread.set(signal.name, unread);
  }

  /** The oldest unread one of this name is read now. */
  take(name: string): SignalInput | undefined {
    const signal = this.#unread.get(name)?.shift();
    if (signal !== undefined) this.read(signal);
    return signal;
  }

  read(signal: SignalInput): void {
    this.#consumed.push(signal.id);
  }
}
