// A run begins: once for its workflow id, whoever asks and however often (rule 25).

import { runId } from "../../std/ids.ts";
import type { Applied, CommandContext, MachineEvent, Start } from "./command.ts";
import { endRun } from "./ending.ts";
import { place, placeBalanced } from "./ownership.ts";
import { createRun } from "./run.ts";
import { isTerminal, type MachineState, type Run } from "./state.ts";
import { NO_TERMS } from "./terms.ts";

export function start(state: MachineState, command: Start, context: CommandContext): Applied {
  const known = state.byWorkflowId.get(command.workflowId);
  const existing = known === undefined ? undefined : state.runs.get(known);
  const events: MachineEvent[] = [];
  if (existing !== undefined) {
    const reply = answerOf(existing, command);
    if (reply !== undefined) return { reply, events };
    if (!isTerminal(existing.status)) {
      events.push({ kind: "run", runId: existing.id });
      const reason = "another start took its id";
      endRun(state, existing, { kind: "terminated", reason }, { context, events });
    }
  }
  // No two commands share index and offset.
  const id = runId(`${state.group}-${context.index}-${context.offset}`);
  const { workflowId, name, version, input, inputHash, terms = NO_TERMS } = command;
  const { timeoutMs } = terms;
  const deadlineMs = timeoutMs === undefined ? undefined : state.timeMs + timeoutMs;
  const named = { id, workflowId, name, version, input, inputHash };
  const run = createRun(state, { ...named, startHash: inputHash, terms, deadlineMs }, context);
  // What was sent to the run that it replaces, and comes again, is not for this one (rule 25).
  if (existing !== undefined && existing.signalIds.size > 0) {
    run.signalIds = new Set(existing.signalIds);
  }
  if (terms.isBalanced) placeBalanced(state, run);
  else place(state, run, command.owner);
  return { reply: { kind: "started", runId: id }, events: [...events, { kind: "run", runId: id }] };
}

/** Where the id is taken; undefined: the new run takes its place. */
function answerOf(run: Run, command: Start): Applied["reply"] | undefined {
  const { onConflict, requestId } = command.terms ?? NO_TERMS;
  // The very start that made this run, sent again by who did not hear its answer.
  const isSameStart = requestId !== "" && run.terms.requestId === requestId;
  if (isSameStart) return { kind: "joined", runId: run.id };
  switch (onConflict) {
    case "join":
      return joinOrConflict(run, command);
    case "fail":
      return { kind: "conflict", runId: run.id, differs: "start" };
    case "replace":
      return;
  }
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
