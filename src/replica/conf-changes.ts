// Changes of the members that were proposed here, until they are applied or known to be lost.
//
// A change is never offered again by itself: repeated late, "make 4 a learner" would undo its
// promotion. Who asked decides anew, from the members as they are then.

import { Overloaded, RaftoralError } from "../errors.ts";
import type { ConfChange } from "../raft/conf-change.ts";
import type { RawNode } from "../raft/raw-node.ts";
import type { Entry } from "../raft/types.ts";
import { type Deferred, deferred } from "../std/deferred.ts";
import type { Index, Term } from "../std/ids.ts";
import { encodeAddresses } from "./entry-codec.ts";
import type { MemberChange, Members } from "./options.ts";

interface Waiting {
  readonly term: Term;
  readonly answer: Deferred<Members>;
}

type Core = Pick<RawNode, "basicStatus" | "proposeConfChange">;

export class ConfChanges {
  readonly #waiting = new Map<Index, Waiting>();

  /** The last entry of the leader's log may become the change. */
  propose(core: Core | undefined, change: MemberChange, name: string): Promise<Members> {
    const isProposed = core?.proposeConfChange(toConfChange(change)).ok === true;
    if (core === undefined || !isProposed) {
      const message = `${name} does not lead: it cannot change the members`;
      return Promise.reject(new RaftoralError("no-leader", message, { retryable: true }));
    }
    const { hardState, lastIndex } = core.basicStatus();
    const answer = deferred<Members>();
    this.#waiting.set(lastIndex, { term: hardState.term, answer });
    return answer.promise;
  }

  /** The core puts an empty entry in the place of a change that it does not allow now. */
  applied(entry: Pick<Entry, "index" | "term" | "kind">, members: Members): void {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting.get(entry.index);
    if (waiting === undefined) return;
    this.#waiting.delete(entry.index);
    if (waiting.term !== entry.term) waiting.answer.reject(lost());
    else if (entry.kind !== "normal") waiting.answer.resolve(members);
    else waiting.answer.reject(new Overloaded("another change of the members is under way"));
  }

  /**
   * Another leader: whether they will be applied is unknown, and the index may become another's.
   */
  leaderChanged(): void {
    this.failAll(lost());
  }

  failAll(error: Error): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { answer } of all) answer.reject(error);
  }
}

function lost(): RaftoralError {
  const message = "the leader changed; the members may have been changed: look, and ask again";
  return new RaftoralError("no-leader", message, { retryable: true });
}

/** Joint where several change; left by itself. */
function toConfChange({ addresses, changes }: MemberChange): ConfChange {
  return {
    transition: "auto",
    changes,
    ...(addresses === undefined ? {} : { context: encodeAddresses(addresses) }),
  };
}
