// Runs that other runs started (rule 24). What goes between a parent and its child goes by commands
// with natural ids, so that the two may live in different groups; a close that overtakes its Start
// leaves a tombstone that kills it on arrival.

import type {
  Applied,
  BatchItem,
  CloseChild,
  CommandContext,
  MachineEvent,
  StartChild,
} from "./command.ts";
import { ignored } from "./command.ts";
import { close, isChildOf, keyOf } from "./ending.ts";
import { findRun } from "./query.ts";
import { put } from "./sparse.ts";
import { start } from "./start.ts";
import { isTerminal, type MachineState, type Run } from "./state.ts";

/** The owner is about to start a child: from now on the group knows it, whoever dies. */
export function recordChild(
  state: MachineState,
  run: Run,
  item: Extract<BatchItem, { kind: "child" }>,
): void {
  const { path, workflowId, parentClose } = item;
  if (run.settled.has(path) || run.children.has(path)) return;
  const isClosed = state.tombstones.has(keyOf({ runId: run.id, path }));
  run.children = put(run.children, path, { workflowId, parentClose, isClosed });
}

export function startChild(
  state: MachineState,
  command: StartChild,
  context: CommandContext,
): Applied {
  const { parent } = command;
  if (state.tombstones.has(keyOf(parent))) return ignored("it was closed before it began");
  const existing = findRun(state, command.start.workflowId);
  if (existing !== undefined && !isChildOf(existing, parent)) {
    const differs = "parent";
    return { reply: { kind: "conflict", runId: existing.id, differs }, events: [] };
  }
  const applied = start(state, command.start, context);
  const run = findRun(state, command.start.workflowId);
  if (run !== undefined) run.parent = parent;
  return applied;
}

/** The parent's branch was cancelled, or the parent is over. */
export function closeChild(
  state: MachineState,
  command: CloseChild,
  context: CommandContext,
): Applied {
  const events: MachineEvent[] = [];
  const link = state.runs.get(command.parent.runId)?.children.get(command.parent.path);
  if (link !== undefined) link.isClosed = true;
  close(state, command, { context, events });
  return { reply: { kind: "done" }, events };
}

/** A finished child is kept until its parent has its result, or waits for it no more. */
export function isAwaited(state: MachineState, run: Run): boolean {
  if (run.parent === undefined) return false;
  const parent = state.runs.get(run.parent.runId);
  if (parent === undefined || isTerminal(parent.status)) return false;
  const { path } = run.parent;
  return parent.children.get(path)?.isClosed === false && !parent.settled.has(path);
}
