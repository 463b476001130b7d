// Who belongs to the group, as the applied log says it, and how its members are reached.

import { decodeConfChange } from "../raft/codec.ts";
import type { RawNode } from "../raft/raw-node.ts";
import type { ConfState, Entry } from "../raft/types.ts";
import type { NodeId } from "../std/ids.ts";
import { decodeAddresses } from "./entry-codec.ts";
import type { Address, Members } from "./options.ts";
import type { Peers } from "./peers.ts";
import { membersOf } from "./status.ts";

export class Membership {
  readonly #self: NodeId;
  readonly #peers: Peers;
  #members: Members = { voters: [], learners: [] };

  constructor(self: NodeId, peers: Peers) {
    this.#self = self;
    this.#peers = peers;
  }

  get members(): Members {
    return this.#members;
  }

  get isAlone(): boolean {
    const { voters } = this.#members;
    return voters.length === 1 && voters[0] === this.#self;
  }

  /** As a snapshot has it. */
  restore(confState: ConfState, addresses: readonly Address[]): void {
    this.#members = membersOf(confState);
    for (const { id, name } of addresses) {
      if (this.#peers.name(id) === undefined) this.#peers.setAddress(id, name);
    }
  }

  /** A committed change: the core counts by it from now on. */
  apply(entry: Entry, core: RawNode, nowMs: number): void {
    const change = decodeConfChange(entry.data);
    this.#members = membersOf(core.applyConfChange(change));
    // A member's silence begins to count when it becomes one.
    for (const { id, kind } of change.changes) {
      if (kind !== "remove") this.#peers.heard(id, nowMs);
    }
    const { context } = change;
    if (context === undefined || context.length === 0) return;
    for (const { id, name } of decodeAddresses(context)) this.#peers.setAddress(id, name);
  }
}
