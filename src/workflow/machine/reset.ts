// A run begins anew in the middle: another run of its workflow id, with all that was recorded
// before one effect (rule 22). The first one is kept as it is, for whoever wants to know.
// I1. The prefix is cut by position. A write follows the input whose stretch made it, so what is
//     kept is closed; a stretch that lost a write is open again, and its new owner adds it (4).
// I2. What was acknowledged is kept: signals behind the cut are carried over, read or not (23).

import { BEFORE_START, type Position, position, type RunId, runId } from "../../std/ids.ts";
import type { Input } from "../dsl/record.ts";
import { outcomeBytes } from "./batch.ts";
import {
  type Applied,
  type CommandContext,
  ignored,
  type MachineEvent,
  type Reset,
} from "./command.ts";
import { endRun } from "./ending.ts";
import { place } from "./ownership.ts";
import { findRun } from "./query.ts";
import { createRun, nextPosition } from "./run.ts";
import { rebuild } from "./run-codec.ts";
import { SIGNAL_IDS_MAX } from "./signal.ts";
import { addId, put } from "./sparse.ts";
import { isTerminal, type MachineState, type Run } from "./state.ts";

/** Names the Start where a path is asked for: nothing behind it is kept. */
export const FROM_START = "start";

export function reset(state: MachineState, command: Reset, context: CommandContext): Applied {
  const run = state.runs.get(command.runId);
  if (run === undefined) return ignored(`no run ${command.runId}`);
  const present = findRun(state, run.workflowId);
  const key = `reset ${command.id}`;
  if (present?.signalIds.has(key)) {
    return { reply: { kind: "started", runId: present.id }, events: [] };
  }
  if (present !== run) return ignored("another run has its id by now");
  const cut = cutAt(run, command.to);
  if (cut === undefined) return { reply: { kind: "unknown" }, events: [] };
  const events: MachineEvent[] = [{ kind: "run", runId: run.id }];
  const id = runId(`${state.group}-${context.index}-${context.offset}`);
  const next = begin(state, run, { id, cut, context });
  next.signalIds = addId(next.signalIds, key, SIGNAL_IDS_MAX);
  if (!isTerminal(run.status)) {
    endRun(state, run, { kind: "continued", runId: id }, { context, events });
  }
  place(state, next, run.owner?.node);
  return { reply: { kind: "started", runId: id }, events: [...events, { kind: "run", runId: id }] };
}

/** Position of the record at the path; undefined: there is none. */
function cutAt(run: Run, path: Reset["to"]): Position | undefined {
  if (path === FROM_START) return position(1);
  const at = run.settled.get(path)?.position ?? run.writes.get(path)?.position;
  return at === undefined || at < 1 ? undefined : at;
}

interface Cut {
  readonly id: RunId;
  readonly cut: Position;
  readonly context: CommandContext;
}

function begin(state: MachineState, run: Run, { id, cut, context }: Cut): Run {
  const { workflowId, name, version, input, inputHash, startHash, startedAtMs, terms } = run;
  const named = { workflowId, name, version, input, inputHash, startHash, startedAtMs, terms };
  const isLate = run.deadlineMs !== undefined && run.deadlineMs <= state.timeMs;
  // Its time may be why it is reset.
  const deadlineMs = isLate ? state.timeMs + (terms.timeoutMs ?? 0) : run.deadlineMs;
  const originId = run.originId ?? run.id;
  const next = createRun(state, { ...named, id, deadlineMs, originId }, context);
  next.parent = run.parent;
  keepPrefix(run, next, cut);
  keepChildren(state, run, next);
  if (run.signalIds.size > 0) next.signalIds = new Set(run.signalIds);
  for (const later of run.inputs) {
    if (later.kind === "signal" && later.position >= cut) carry(state, next, { later, context });
  }
  return next;
}

function keepPrefix(run: Run, next: Run, cut: Position): void {
  next.inputs.splice(0, 1, ...run.inputs.filter(({ position: at }) => at < cut));
  let through = Math.min(run.through, cut - 1);
  for (const write of run.writes.values()) {
    if (write.position < cut) next.writes = put(next.writes, write.path, write);
    else through = Math.min(through, write.cursor - 1);
  }
  next.through = position(Math.max(through, BEFORE_START));
  next.next = cut;
  // What was recorded is of earlier epochs than what will be (rules 8, 13).
  next.epochMarks = [...run.epochMarks.filter((mark) => mark < cut), cut];
  next.isCancelled = next.inputs.some(({ kind }) => kind === "cancel");
  rebuild(next);
  next.bytes = bytesOf(next);
}

/** Children whose start is in the prefix are the new run's; the others end with the first one. */
function keepChildren(state: MachineState, run: Run, next: Run): void {
  for (const [path, link] of run.children) {
    if (!next.settled.has(path)) continue;
    next.children = put(next.children, path, { ...link });
    link.isClosed = true;
    const child = findRun(state, link.workflowId);
    if (child?.parent?.runId !== run.id || child.parent.path !== path) continue;
    state.view?.keep(child);
    child.parent = { runId: next.id, path };
  }
}

function carry(
  state: MachineState,
  next: Run,
  {
    later,
    context,
  }: {
    readonly later: Extract<Input, { kind: "signal" }>;
    readonly context: CommandContext;
  },
): void {
  const stamp = { position: nextPosition(next), index: context.index, atMs: state.timeMs };
  next.inputs.push({ ...later, ...stamp });
  next.signals++;
  next.bytes += later.value.length;
}

function bytesOf({ input, inputs, writes }: Run): number {
  let bytes = input.length;
  for (const { value } of writes.values()) bytes += value.length;
  for (const one of inputs) {
    if (one.kind === "signal") bytes += one.value.length;
    else if (one.kind === "outcome") bytes += outcomeBytes(one.outcome);
  }
  return bytes;
}
