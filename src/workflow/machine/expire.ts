// The end of a run whose time is up: by log time, whatever its body is at (rules 6, 22).

import {
  type Applied,
  type CommandContext,
  type Expire,
  ignored,
  type MachineEvent,
} from "./command.ts";
import { endRun } from "./ending.ts";
import { isTerminal, type MachineState, type Run } from "./state.ts";

export function expire(state: MachineState, { runId }: Expire, context: CommandContext): Applied {
  const run = state.runs.get(runId);
  if (run === undefined) return ignored(`no run ${runId}`);
  if (isTerminal(run.status)) return ignored(`the run is ${run.status.kind}`);
  // Decided here and not by who proposed it: leaders' clocks differ.
  if (!isOverdue(run, state.timeMs)) return ignored("its time is not up");
  const events: MachineEvent[] = [{ kind: "run", runId }];
  endRun(state, run, { kind: "timed-out" }, { context, events });
  return { reply: { kind: "done" }, events };
}

/** Open runs whose time is up by this clock, `limit` at most: what the leader expires. */
export function overdueRuns(state: MachineState, nowMs: number, limit: number): readonly Run[] {
  const overdue: Run[] = [];
  for (const run of state.timed) {
    if (overdue.length === limit) break;
    if (isOverdue(run, nowMs)) overdue.push(run);
  }
  return overdue;
}

const isOverdue = ({ deadlineMs }: Run, nowMs: number): boolean =>
  deadlineMs !== undefined && nowMs >= deadlineMs;
