// This process among the members: announces itself, again when the group thinks it dead,
// and stops when a newer process took its place (SEMANTICS 15, 18).

import type { NodeId } from "../std/ids.ts";
import type { ProcessId } from "../workflow/dsl/record.ts";
import type { Announce } from "../workflow/machine/command.ts";
import { FEATURE_LEVEL } from "../workflow/machine/level.ts";
import type { Member } from "../workflow/machine/state.ts";

export type Standing =
  /** Not announced yet, or set down by a leader that did not hear us: announce. */
  | { readonly kind: "unannounced" }
  | { readonly kind: "up"; readonly self: ProcessId }
  /** Another process announced itself under our id after us: stop. */
  | { readonly kind: "superseded" }
  /** The cluster took this node out for ever: stop. */
  | { readonly kind: "removed" };

export class Presence {
  readonly #announcement: Announce;
  /** The group has had this process as its member's. */
  #wasUp = false;

  constructor(process: {
    readonly node: NodeId;
    readonly name: string;
    readonly nonce: string;
    readonly catalogue: readonly string[];
  }) {
    this.#announcement = { kind: "announce", ...process, level: FEATURE_LEVEL };
  }

  get announcement(): Announce {
    return this.#announcement;
  }

  /** What the state says of this process now. */
  standing(members: ReadonlyMap<NodeId, Member>): Standing {
    const { node, nonce } = this.#announcement;
    const member = members.get(node);
    if (member === undefined) return { kind: "unannounced" };
    if (member.isRemoved) return { kind: "removed" };
    if (member.nonce !== nonce) {
      // Ours and a newer one's announcement may have been applied in one turn:
      // then we never saw ours stand.
      const wasReplaced = this.#wasUp || member.formerNonces.includes(nonce);
      return { kind: wasReplaced ? "superseded" : "unannounced" };
    }
    this.#wasUp = true;
    if (!member.isUp) return { kind: "unannounced" };
    return { kind: "up", self: { node, incarnation: member.incarnation } };
  }
}

/** The process that announced itself with this nonce, as long as the group has it as up. */
export function processOf(
  members: ReadonlyMap<NodeId, Member>,
  { node, nonce }: { readonly node: NodeId; readonly nonce: string },
): ProcessId | undefined {
  const member = members.get(node);
  if (member === undefined || member.isRemoved || !member.isUp || member.nonce !== nonce) return;
  return { node, incarnation: member.incarnation };
}
