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
  /**
   * All that `apply` reads, as it is now, for a snapshot: pieces of bounded work, whatever is
   * applied between them. It ends an earlier view.
   */
  freeze(): StateView;
  /** Takes such pieces in; the state changes at `finish` alone. */
  thaw(): StateIntake;
}

export interface StateView {
  /** False: the state was replaced, or another view was opened. No piece follows. */
  readonly isOpen: boolean;
  /** undefined after the last. */
  next(): Uint8Array | undefined;
  close(): void;
}

export interface StateIntake {
  /** In their order. @throws MalformedError */
  add(piece: Uint8Array): void;
  /** @throws MalformedError: pieces are missing */
  finish(): void;
}

export interface Applied<Reply, Event> {
  readonly reply: Reply;
  readonly events: readonly Event[];
}
