// A run goes on as another one of its workflow id, with an empty journal (rule 23). What it had not
// read goes over, with the ids of all that it ever got; the first one is over.

import { type RunId, runId } from "../../std/ids.ts";
import type { CommandContext, FinishAs } from "./command.ts";
import { endRun, type Happening } from "./ending.ts";
import { place } from "./ownership.ts";
import { createRun, nextPosition } from "./run.ts";
import type { MachineState, Run } from "./state.ts";

export interface Continuation extends Happening {
  readonly as: Extract<FinishAs, { kind: "continued" }>;
  /** The batch's place in its command: with index and offset it makes the new run's id. */
  readonly slot: number;
}

/** Gives the new run's id. Its owner goes on owning it. */
export function continueRun(state: MachineState, run: Run, how: Continuation): RunId {
  const { as, context, slot } = how;
  const { input, inputHash } = as;
  const id = runId(`${state.group}-${context.index}-${context.offset}-${slot}`);
  endRun(state, run, { kind: "continued", runId: id }, how);
  const { workflowId, name, version, startHash, deadlineMs } = run;
  const { delayMs, ...atOnce } = run.terms;
  const terms = delayMs === undefined ? run.terms : atOnce;
  const next = createRun(
    state,
    { id, workflowId, name, version, input, inputHash, startHash, terms, deadlineMs },
    context,
  );
  next.parent = run.parent;
  carryOver(state, run, { next, consumed: new Set(as.consumed), context });
  place(state, next, run.owner?.node);
  return id;
}

/** Unread signals in their order, and a cancellation that the first run was not fed. */
function carryOver(
  state: MachineState,
  run: Run,
  to: {
    readonly next: Run;
    readonly consumed: ReadonlySet<string>;
    readonly context: CommandContext;
  },
): void {
  const { next, consumed, context } = to;
  // A copy: what comes to the one must not come to the other.
  if (run.signalIds.size > 0) next.signalIds = new Set(run.signalIds);
  for (const input of run.inputs) {
    const isUnread = input.kind === "signal" && !consumed.has(input.id);
    const isUnfed = input.kind === "cancel" && input.position > run.through;
    if (!isUnread && !isUnfed) continue;
    const stamp = { position: nextPosition(next), index: context.index, atMs: state.timeMs };
    next.inputs.push({ ...input, ...stamp });
    if (input.kind === "cancel") next.isCancelled = true;
    else if (input.kind === "signal") {
      next.signals++;
      next.bytes += input.value.length;
    }
  }
}
