// The end of a run, whoever brings it about, and what it means for its children (rules 22, 24).

import type { ChildOf, CloseChild, CommandContext, MachineEvent } from "./command.ts";
import { end } from "./ownership.ts";
import { findRun } from "./query.ts";
import { feedCancel } from "./signal.ts";
import { isTerminal, type MachineState, type Run, type RunStatus } from "./state.ts";

/** No Start is under way for so long: older tombstones are forgotten. */
const TOMBSTONE_KEPT_MS = 7 * 86_400_000;

/** Where something happens, and what it changes beside its run. */
export interface Happening {
  readonly context: CommandContext;
  readonly events: MachineEvent[];
}

export const keyOf = ({ runId, path }: ChildOf): string => `${runId} ${path}`;

export const isChildOf = (run: Run, { runId, path }: ChildOf): boolean =>
  run.parent?.runId === runId && run.parent.path === path;

/** A run's end, by its body or from outside, and what that means for its children. */
export function endRun(
  state: MachineState,
  run: Run,
  status: RunStatus,
  happening: Happening,
): void {
  end(state, run, status);
  for (const [path, link] of run.children) {
    const { workflowId, parentClose } = link;
    if (link.isClosed || parentClose === "abandon") continue;
    link.isClosed = true;
    const parent = { runId: run.id, path };
    close(state, { kind: "close-child", parent, workflowId, how: parentClose }, happening);
  }
}

export function close(
  state: MachineState,
  { parent, workflowId, how }: CloseChild,
  happening: Happening,
): void {
  const run = findRun(state, workflowId);
  if (run === undefined || !isChildOf(run, parent)) {
    // Unless it could not come any more, being there already under another parent.
    if (run === undefined) bury(state, parent);
    return;
  }
  if (isTerminal(run.status)) return;
  happening.events.push({ kind: "run", runId: run.id });
  const reason = "its parent is over, or waits for it no more";
  if (how === "terminate") endRun(state, run, { kind: "terminated", reason }, happening);
  else
    feedCancel(state, run, { id: `parent ${keyOf(parent)}`, reason, context: happening.context });
}

function bury(state: MachineState, parent: ChildOf): void {
  if (state.tombstones.has(keyOf(parent))) return;
  for (const [key, atMs] of state.tombstones) {
    if (atMs > state.timeMs - TOMBSTONE_KEPT_MS) break;
    state.tombstones.delete(key);
  }
  state.tombstones.set(keyOf(parent), state.timeMs);
}
