// A run begins: once for its workflow id, whoever asks and however often (rule 25).

import { runId } from "../../std/ids.ts";
import type { Applied, CommandContext, MachineEvent, Start } from "./command.ts";
import { endRun } from "./ending.ts";
import { place, placeBalanced } from "./ownership.ts";
import { createRun } from "./run.ts";
import { SIGNAL_IDS_MAX } from "./signal.ts";
import { addId } from "./sparse.ts";
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
  const { delayMs = 0, timeoutMs } = terms;
  const deadlineMs = timeoutMs === undefined ? undefined : state.timeMs + delayMs + timeoutMs;
  const named = { id, workflowId, name, version, input, inputHash, startHash: inputHash };
  const run = createRun(state, { ...named, terms, deadlineMs, delayMs }, context);
  if (existing !== undefined) run.signalIds = idsAfter(existing);
  if (terms.isBalanced) placeBalanced(state, run);
  else place(state, run, command.owner);
  return { reply: { kind: "started", runId: id }, events: [...events, { kind: "run", runId: id }] };
}

/**
 * What was sent to the run that is replaced, and comes again, is not for the next one; nor does the
 * start that made it replace that (rule 25).
 */
function idsAfter({ signalIds, terms }: Run): ReadonlySet<string> {
  const { requestId } = terms;
  if (requestId === "" && signalIds.size === 0) return signalIds;
  const ids = new Set(signalIds);
  return requestId === "" ? ids : addId(ids, startKey(requestId), SIGNAL_IDS_MAX);
}

const startKey = (requestId: string): string => `start ${requestId}`;

/** Where the id is taken; undefined: the new run takes its place. */
function answerOf(run: Run, command: Start): Applied["reply"] | undefined {
  const { onConflict, requestId } = command.terms ?? NO_TERMS;
  // The very start that made this run, or one before it, sent again by who did not hear its answer.
  const isKnown = run.terms.requestId === requestId || run.signalIds.has(startKey(requestId));
  if (requestId !== "" && isKnown) return { kind: "joined", runId: run.id };
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
