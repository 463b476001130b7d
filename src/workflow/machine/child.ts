// Runs that other runs started (rule 24). What goes between a parent and its child goes by commands
// with natural ids, so that the two may live in different groups; a close that overtakes its Start
// leaves a tombstone that kills it on arrival.

import type {
  Applied,
  BatchItem,
  ChildOf,
  CloseChild,
  CommandContext,
  MachineEvent,
  StartChild,
} from "./command.ts";
import { ignored } from "./command.ts";
import { end } from "./ownership.ts";
import { findRun } from "./query.ts";
import { feedCancel } from "./signal.ts";
import { start } from "./start.ts";
import { isTerminal, type MachineState, type Run, type RunStatus } from "./state.ts";

/** No Start is under way for so long: older tombstones are forgotten. */
const TOMBSTONE_KEPT_MS = 7 * 86_400_000;

/** Where something happens, and what it changes beside its run. */
export interface Happening {
  readonly context: CommandContext;
  readonly events: MachineEvent[];
}

const keyOf = ({ runId, path }: ChildOf): string => `${runId} ${path}`;

export const isChildOf = (run: Run, { runId, path }: ChildOf): boolean =>
  run.parent?.runId === runId && run.parent.path === path;

/** The owner is about to start a child: from now on the group knows it, whoever dies. */
export function recordChild(
  state: MachineState,
  run: Run,
  item: Extract<BatchItem, { kind: "child" }>,
): void {
  const { path, workflowId, parentClose } = item;
  if (run.settled.has(path) || run.children.has(path)) return;
  const isClosed = state.tombstones.has(keyOf({ runId: run.id, path }));
  run.children.set(path, { workflowId, parentClose, isClosed });
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

function close(
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

/** A finished child is kept until its parent has its result, or waits for it no more. */
export function isAwaited(state: MachineState, run: Run): boolean {
  if (run.parent === undefined) return false;
  const parent = state.runs.get(run.parent.runId);
  if (parent === undefined || isTerminal(parent.status)) return false;
  const { path } = run.parent;
  return parent.children.get(path)?.isClosed === false && !parent.settled.has(path);
}
