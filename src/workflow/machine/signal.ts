// What comes to a run from outside: signals and its cancellation, as inputs (rules 3, 9, 25).

import type { Applied, Cancel, CommandContext, Signal } from "./command.ts";
import { isJournalFull, JOURNAL_RECORDS_MAX } from "./limits.ts";
import { findRun } from "./query.ts";
import { nextPosition } from "./run.ts";
import { addId } from "./sparse.ts";
import { isTerminal, type MachineState, type Run } from "./state.ts";

/**
 * Signals of one run, read or not; the next one is refused as `full`. Half a journal: what is sent
 * leaves room for what the run does.
 */
export const SIGNALS_MAX = 5_000;
/** Ids that a run and those after it remember; the oldest are forgotten. */
export const SIGNAL_IDS_MAX = 100_000;

/** Once for its id: sent again, to an ended run even, it is the one that arrived. */
export function signal(state: MachineState, command: Signal, context: CommandContext): Applied {
  const run = findRun(state, command.workflowId);
  if (run === undefined) return { reply: { kind: "unknown" }, events: [] };
  const { id, name, value } = command;
  if (run.signalIds.has(id)) return { reply: { kind: "signalled", runId: run.id }, events: [] };
  if (isTerminal(run.status)) return ended(run);
  if (isJournalFull(run)) {
    return { reply: { kind: "full", limit: JOURNAL_RECORDS_MAX, of: "records" }, events: [] };
  }
  if (run.signals >= SIGNALS_MAX) {
    return { reply: { kind: "full", limit: SIGNALS_MAX, of: "signals" }, events: [] };
  }
  const stamp = { position: nextPosition(run), index: context.index, atMs: state.timeMs };
  run.inputs.push({ ...stamp, kind: "signal", id, name, value });
  run.signals++;
  run.bytes += value.length;
  run.lastIndex = context.index;
  run.signalIds = addId(run.signalIds, id, SIGNAL_IDS_MAX);
  return {
    reply: { kind: "signalled", runId: run.id },
    events: [{ kind: "run", runId: run.id }],
  };
}

/** Once for a run: its clean-up is not cut off by a second one (rule 9). */
export function cancel(state: MachineState, command: Cancel, context: CommandContext): Applied {
  const run = findRun(state, command.workflowId);
  if (run === undefined) return { reply: { kind: "unknown" }, events: [] };
  if (run.signalIds.has(command.id)) return { reply: { kind: "done" }, events: [] };
  if (isTerminal(run.status)) return ended(run);
  feedCancel(state, run, { ...command, context });
  return { reply: { kind: "done" }, events: [{ kind: "run", runId: run.id }] };
}

/** Its id is remembered; only the first one is an input. */
export function feedCancel(
  state: MachineState,
  run: Run,
  how: { readonly id: string; readonly reason: string; readonly context: CommandContext },
): void {
  const { id, reason, context } = how;
  state.view?.keep(run);
  run.signalIds = addId(run.signalIds, id, SIGNAL_IDS_MAX);
  if (run.isCancelled) return;
  run.isCancelled = true;
  const stamp = { position: nextPosition(run), index: context.index, atMs: state.timeMs };
  run.inputs.push({ ...stamp, kind: "cancel", reason });
  run.lastIndex = context.index;
}

const ended = (run: Run): Applied => ({
  reply: { kind: "ended", status: run.status.kind },
  events: [],
});
