import { type Branch, type Op, op, type Task } from "./effect.ts";

/**
 * Begins a branch beside the one that asks, and goes on at once. Structured: when the branch that
 * spawned it ends, a task that is still under way is cancelled; at the end of the body it is gone.
 */
export const spawn = <A>(branch: Branch<A>): Op<Task<A>> => op({ kind: "spawn", branch });

/**
 * A branch that no cancellation reaches: what asked for it feels it at its next wait instead.
 * For clean-up that must come to its end.
 */
export const shield = <A>(branch: Branch<A>): Op<A> =>
  op({ kind: "shield", isTuple: true, branches: [{ label: "0", branch }] });
