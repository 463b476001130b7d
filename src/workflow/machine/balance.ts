// Which running runs should change hands so that all members own about as many. Pure.

import type { NodeId } from "../../std/ids.ts";
import type { Move } from "./command.ts";
import { inOrder, isFit } from "./ownership.ts";
import type { MachineState, Run } from "./state.ts";

/** Moves of one call: each costs its run a rebuilt body. */
export const MOVES_MAX = 1_000;

/** From who owns most to who owns least and may own the run, until they differ by one at most. */
export function movesToBalance(state: MachineState): readonly Move[] {
  const up = [...state.members.values()].filter(({ isUp }) => isUp);
  // The youngest last, to be taken first: it has the shortest journal.
  const left = new Map<NodeId, Run[]>(
    up.map(({ node }) => [node, [...inOrder(state.byOwner.get(node) ?? [])]]),
  );
  const counts = new Map([...left].map(([node, runs]) => [node, runs.length]));
  const count = (node: NodeId): number => counts.get(node) ?? 0;
  const moves: Move[] = [];
  while (moves.length < MOVES_MAX) {
    const fullestFirst = up
      .map(({ node }) => node)
      .filter((node) => left.get(node)?.length !== 0)
      .sort((a, b) => count(b) - count(a) || a - b);
    const [from] = fullestFirst;
    const run = from === undefined ? undefined : left.get(from)?.pop();
    if (from === undefined || run === undefined) break;
    const to = up
      .filter((member) => isFit(member, run) && count(member.node) + 1 < count(from))
      .sort((a, b) => count(a.node) - count(b.node) || a.node - b.node)[0]?.node;
    if (to === undefined) continue;
    counts.set(from, count(from) - 1);
    counts.set(to, count(to) + 1);
    moves.push({ kind: "move", runId: run.id, epoch: run.epoch, to });
  }
  return moves;
}
