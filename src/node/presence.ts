// This process among the members: announces itself, again when the group thinks it dead,
// and stops when a newer process took its place (SEMANTICS 15, 18).

import type { NodeId } from "../std/ids.ts";
import type { ProcessId } from "../workflow/dsl/record.ts";
import type { Announce } from "../workflow/machine/command.ts";
import type { Member } from "../workflow/machine/state.ts";

export type Standing =
  /** Not announced yet, or set down by a leader that did not hear us: announce. */
  | { readonly kind: "unannounced" }
  | { readonly kind: "up"; readonly self: ProcessId }
  /** Another process announced itself under our id after us: stop. */
  | { readonly kind: "superseded" };

export class Presence {
  readonly #announcement: Announce;
  #incarnation = 0;

  constructor(process: {
    readonly node: NodeId;
    readonly name: string;
    readonly nonce: string;
    readonly catalogue: readonly string[];
  }) {
    this.#announcement = { kind: "announce", ...process };
  }

  get announcement(): Announce {
    return this.#announcement;
  }

  /** What the state says of this process now. */
  standing(members: ReadonlyMap<NodeId, Member>): Standing {
    const { node, nonce } = this.#announcement;
    const member = members.get(node);
    if (member === undefined) return { kind: "unannounced" };
    if (member.nonce !== nonce) {
      // Before our own announcement was applied the last one of our id is an earlier process's.
      return this.#incarnation === 0 ? { kind: "unannounced" } : { kind: "superseded" };
    }
    this.#incarnation = member.incarnation;
    if (!member.isUp) return { kind: "unannounced" };
    return { kind: "up", self: { node, incarnation: member.incarnation } };
  }
}
