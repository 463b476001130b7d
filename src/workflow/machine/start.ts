// A run begins: once for its workflow id, whoever asks and however often (rule 25).

import { runId } from "../../std/ids.ts";
import type { Applied, CommandContext, Start } from "./command.ts";
import { place } from "./ownership.ts";
import { createRun } from "./run.ts";
import type { MachineState, Run } from "./state.ts";

export function start(state: MachineState, command: Start, context: CommandContext): Applied {
  const known = state.byWorkflowId.get(command.workflowId);
  const existing = known === undefined ? undefined : state.runs.get(known);
  if (existing !== undefined) return { reply: joinOrConflict(existing, command), events: [] };

  // No two commands share index and offset.
  const id = runId(`${state.group}-${context.index}-${context.offset}`);
  const { workflowId, name, version, input, inputHash } = command;
  const run = createRun(
    state,
    { id, workflowId, name, version, input, inputHash, startHash: inputHash },
    context,
  );
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
  // A chain of continued runs is joined by the input that it began with.
  if (run.startHash !== command.inputHash) differs.push("input");
  return differs.length === 0
    ? { kind: "joined", runId: run.id }
    : { kind: "conflict", runId: run.id, differs: differs.join(" and ") };
}
