// The subjects of one cluster (DESIGN §7). Who sends stands in the subject, so that the server's
// permissions decide who may send as whom; `docs/security.md` has them.

import { assert } from "../std/assert.ts";
import { isName, NAME_RULE } from "./names.ts";

/** Messages of the consensus, and requests: each to one node. */
export type Channel = "raft" | "rpc";

/** Members share the calls of clients: each is given to one of them. */
export const API_QUEUE = "api";

export class Subjects {
  readonly #cluster: string;
  readonly #self: string;

  constructor(cluster: string, self: string) {
    assert(isName(cluster) && isName(self), `names in subjects: ${NAME_RULE}`);
    this.#cluster = `rft.${cluster}`;
    this.#self = self;
  }

  to(name: string, channel: Channel): string {
    assert(isName(name), `names in subjects: ${NAME_RULE}`);
    return `${this.#cluster}.${name}.${channel}.${this.#self}`;
  }

  /** What this node hears on a channel. */
  own(channel: Channel): string {
    return `${this.#cluster}.${this.#self}.${channel}.*`;
  }

  get join(): string {
    return `${this.#cluster}.join.${this.#self}`;
  }

  get joiners(): string {
    return `${this.#cluster}.join.*`;
  }

  get api(): string {
    return `${this.#cluster}.api.${this.#self}`;
  }

  get clients(): string {
    return `${this.#cluster}.api.*`;
  }
}

/** The last token of a subject: of ours, who sent it. Undefined where that is no name. */
export function senderOf(subject: string): string | undefined {
  const sender = subject.slice(subject.lastIndexOf(".") + 1);
  return isName(sender) ? sender : undefined;
}

/** What all inboxes of a name begin with. */
export const inboxOf = (name: string): string => `_INBOX.${name}.`;

/** What comes to an inbox: the answer to a request, or that nobody heard a message. */
export type InboxTopic =
  | { readonly kind: "reply"; readonly rpcId: number }
  | { readonly kind: "unheard"; readonly peer: string };

/**
 * One process's own inbox. `life` is random: what was meant for an earlier process of the name, and
 * what somebody guesses, does not arrive.
 */
export class Inbox {
  readonly #prefix: string;

  constructor(name: string, life: string) {
    this.#prefix = `${inboxOf(name)}${life}.`;
  }

  get all(): string {
    return `${this.#prefix}>`;
  }

  replyTo(rpcId: number): string {
    return `${this.#prefix}r.${rpcId}`;
  }

  unheardBy(peer: string): string {
    return `${this.#prefix}u.${peer}`;
  }

  topic(subject: string): InboxTopic | undefined {
    const [kind, rest = "", ...more] = subject.slice(this.#prefix.length).split(".");
    if (more.length > 0) return;
    if (kind === "r" && /^[1-9]\d{0,15}$/.test(rest)) return { kind: "reply", rpcId: Number(rest) };
    if (kind === "u" && isName(rest)) return { kind: "unheard", peer: rest };
    return;
  }
}
