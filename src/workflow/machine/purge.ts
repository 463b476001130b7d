// Runs that ended long ago are forgotten by an entry, so that all members forget the same (rule 27:
// the clock is the log's). What a parent still waits for stays (rule 24).

import type { RunId } from "../../std/ids.ts";
import { isAwaited } from "./child.ts";
import type { Applied, Purge } from "./command.ts";
import { isTerminal, type MachineState, type Run } from "./state.ts";

/** Runs that one entry names at the most. */
export const PURGE_MAX = 500;

export function purge(state: MachineState, { afterMs, runIds }: Purge): Applied {
  const gone: RunId[] = [];
  for (const id of runIds) {
    const run = state.runs.get(id);
    if (run === undefined || !isPast(state, run, afterMs)) continue;
    state.runs.delete(id);
    if (state.byWorkflowId.get(run.workflowId) === id) state.byWorkflowId.delete(run.workflowId);
    gone.push(id);
  }
  return { reply: { kind: "done" }, events: gone.map((runId) => ({ kind: "run", runId })) };
}

/** Is it over for so long, or as long as its start said, and does nobody wait for it? */
export const isPast = (state: MachineState, run: Run, afterMs: number): boolean =>
  isTerminal(run.status) &&
  run.endedAtMs !== undefined &&
  run.endedAtMs + (run.terms.retentionMs ?? afterMs) <= state.timeMs &&
  !isAwaited(state, run);
