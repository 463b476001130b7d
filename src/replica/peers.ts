// What a replica knows of its peers from outside the log: their names, and signs of life.

import type { NodeId } from "../std/ids.ts";
import type { Address } from "./options.ts";

interface Signs {
  lastHeardMs: number;
  noRespondersSinceMs: number | undefined;
}

export class Peers {
  readonly #startedMs: number;
  readonly #names = new Map<NodeId, string>();
  readonly #signs = new Map<NodeId, Signs>();

  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  setAddress(id: NodeId, name: string): void {
    this.#names.set(id, name);
  }

  /** Those whose names are known. */
  get known(): readonly NodeId[] {
    return [...this.#names.keys()];
  }

  /** All names that are known. */
  get addresses(): readonly Address[] {
    return [...this.#names].map(([id, name]) => ({ id, name }));
  }

  name(id: NodeId): string | undefined {
    return this.#names.get(id);
  }

  /** Several, if one name had several ids: a wiped disk gets a new one. */
  ids(name: string): readonly NodeId[] {
    return [...this.#names].filter(([, known]) => known === name).map(([id]) => id);
  }

  /** It answered. */
  heard(id: NodeId, nowMs: number): void {
    this.#signs.set(id, { lastHeardMs: nowMs, noRespondersSinceMs: undefined });
  }

  /** It said something of its own: so somebody is there, whether it hears us or not. */
  reachable(id: NodeId): void {
    this.#signs.set(id, { ...this.signs(id), noRespondersSinceMs: undefined });
  }

  /**
   * Whoever was silent until now was so for a reason: from here on it counts. Of whom the transport
   * says that nobody is there, that counts from here on too.
   */
  grace(nowMs: number): void {
    for (const id of this.#names.keys()) {
      const isUnreachable = this.signs(id).noRespondersSinceMs !== undefined;
      const noRespondersSinceMs = isUnreachable ? nowMs : undefined;
      this.#signs.set(id, { lastHeardMs: nowMs, noRespondersSinceMs });
    }
  }

  /** The transport says that nobody listens there; the first time counts. */
  unreachable(id: NodeId, nowMs: number): void {
    const signs = this.signs(id);
    this.#signs.set(id, {
      ...signs,
      noRespondersSinceMs: signs.noRespondersSinceMs ?? nowMs,
    });
  }

  signs(id: NodeId): Readonly<Signs> {
    return this.#signs.get(id) ?? { lastHeardMs: this.#startedMs, noRespondersSinceMs: undefined };
  }
}
