// A run begins: once for its workflow id, whoever asks and however often (rule 25).

import { assert } from "../../std/assert.ts";
import { BEFORE_START, epoch, position, type RunId, runId } from "../../std/ids.ts";
import type { Applied, CommandContext, Start } from "./command.ts";
import { place } from "./ownership.ts";
import type { MachineState, Run } from "./state.ts";

export function start(state: MachineState, command: Start, context: CommandContext): Applied {
  const known = state.byWorkflowId.get(command.workflowId);
  const existing = known === undefined ? undefined : state.runs.get(known);
  if (existing !== undefined) return { reply: joinOrConflict(existing, command), events: [] };

  const id = runId(`${state.group}-${context.index}-${context.offset}`);
  assert(!state.runs.has(id), "a run id is given once: no two commands share index and offset");
  const run = newRun(state, command, { id, context });
  state.runs.set(id, run);
  state.byWorkflowId.set(command.workflowId, id);
  place(state, run, command.owner);
  return { reply: { kind: "started", runId: id }, events: [{ kind: "run", runId: id }] };
}

function joinOrConflict(run: Run, command: Start): Applied["reply"] {
  const differs: string[] = [];
  if (run.name !== command.name) differs.push(`workflow ("${run.name}", not "${command.name}")`);
  if (run.version !== command.version) {
    differs.push(`version (${run.version}, not ${command.version})`);
  }
  // Equal by the hash of the value with sorted keys: its bytes may differ between callers.
  if (run.inputHash !== command.inputHash) differs.push("input");
  return differs.length === 0
    ? { kind: "joined", runId: run.id }
    : { kind: "conflict", runId: run.id, differs: differs.join(" and ") };
}

function newRun(
  state: MachineState,
  command: Start,
  { id, context }: { readonly id: RunId; readonly context: CommandContext },
): Run {
  const atMs = state.timeMs;
  return {
    id,
    ordinal: state.started++,
    workflowId: command.workflowId,
    name: command.name,
    version: command.version,
    input: command.input,
    inputHash: command.inputHash,
    startedAtMs: atMs,
    scheduling: 1,
    status: { kind: "unassigned", reason: "" },
    endedAtMs: undefined,
    owner: undefined,
    epoch: epoch(context.index),
    sequence: 0,
    gaps: 0,
    through: BEFORE_START,
    next: position(1),
    bytes: command.input.length,
    // The Start is fed like any other input: `through` is before it until a body rested on it.
    inputs: [{ kind: "start", position: position(0), index: context.index, atMs }],
    writes: new Map(),
    writesByCursor: new Map(),
    settled: new Map(),
    attempts: new Map(),
    epochMarks: [],
    variables: new Map(),
    unfit: [],
    lastIndex: context.index,
  };
}
