// What a replica drives: a deterministic state machine, fed with committed bytes in log order.

import type { Index } from "../std/ids.ts";

/** Where an entry stands and when its leader stamped it. */
export interface ApplyContext {
  readonly index: Index;
  /** The proposing leader's wall clock; machines take the maximum. */
  readonly stampMs: number;
}

/**
 * 1. `apply` depends on nothing but the state and its arguments: equal logs give equal states.
 * 2. It never awaits. It throws only for bytes it cannot know: the replica then stops with a
 *    reason, because skipping a committed entry would part it from its peers.
 */
export interface StateMachine<Reply, Event> {
  apply(command: Uint8Array, context: ApplyContext): Applied<Reply, Event>;
}

export interface Applied<Reply, Event> {
  readonly reply: Reply;
  readonly events: readonly Event[];
}
