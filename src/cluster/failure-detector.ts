// Which members the leader takes for dead. Pure: the same times give the same answer. A wrong
// answer costs a move of runs, never safety: epochs fence whoever is alive after all (rule 18).

import type { NodeId } from "../std/ids.ts";

export interface FailureDetectorOptions {
  /** Silent for this long: dead. */
  readonly memberTimeoutMs: number;
  /** Nobody listens under its name for this long, and nothing heard since: dead. */
  readonly noResponderMs: number;
}

export const failureDetectorOptions: FailureDetectorOptions = {
  memberTimeoutMs: 1_500,
  noResponderMs: 500,
};

/** All times by one monotonic clock, that of the process that asks. */
export interface Signs {
  readonly nowMs: number;
  /**
   * Since when this process can have heard at all: it became leader then, or woke from a stop of
   * its own. A leader that slept has heard nobody, and that is not their fault.
   */
  readonly listeningSinceMs: number;
  /** The members to judge, with when each was last heard; undefined: never. */
  readonly lastHeardMs: ReadonlyMap<NodeId, number | undefined>;
  /** Since when the transport says "no responders" for it, without a break. */
  readonly unreachableSinceMs: ReadonlyMap<NodeId, number>;
}

/** The dead among `lastHeardMs`, lowest id first. */
export function deadMembers(
  signs: Signs,
  options: FailureDetectorOptions = failureDetectorOptions,
): readonly NodeId[] {
  return [...signs.lastHeardMs]
    .filter(([node, heardMs]) => isDead(signs, { node, heardMs }, options))
    .map(([node]) => node)
    .sort((a, b) => a - b);
}

/**
 * Does the leader hear enough voters, itself among them, to judge anybody? One that hears no
 * majority is cut off itself; what it says of the others would come true once it is back, when it
 * is wrong.
 */
export function hearsMajority(
  voters: { readonly self: NodeId; readonly lastHeardMs: ReadonlyMap<NodeId, number> },
  nowMs: number,
  options: FailureDetectorOptions = failureDetectorOptions,
): boolean {
  const heard = [...voters.lastHeardMs].filter(
    ([node, heardMs]) => node === voters.self || nowMs - heardMs < options.memberTimeoutMs,
  );
  return heard.length * 2 > voters.lastHeardMs.size;
}

function isDead(
  { nowMs, listeningSinceMs, unreachableSinceMs }: Signs,
  { node, heardMs }: { readonly node: NodeId; readonly heardMs: number | undefined },
  options: FailureDetectorOptions,
): boolean {
  const silentSinceMs = Math.max(heardMs ?? listeningSinceMs, listeningSinceMs);
  if (nowMs - silentSinceMs >= options.memberTimeoutMs) return true;
  const unreachableMs = unreachableSinceMs.get(node);
  // Heard after the hint: it was a late one, or the member came back.
  if (unreachableMs === undefined || (heardMs ?? -1) > unreachableMs) return false;
  return nowMs - Math.max(unreachableMs, listeningSinceMs) >= options.noResponderMs;
}
