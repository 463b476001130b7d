// Runs that may have killed their owner (rule 21). An owner that is lost with inputs after
// `through` leaves a suspect: the next one says that it is about to feed them, and a second loss
// before it has rested on them sets the run aside. A run that slept is never a suspect.

import { type Position, position } from "../../std/ids.ts";
import type { Applied, CommandContext, Enter } from "./command.ts";
import { ignored } from "./command.ts";
import { isSameProcess, reassign, renewEpoch, setStatus } from "./ownership.ts";
import { startsLater } from "./run.ts";
import { NO_MARKS } from "./sparse.ts";
import type { MachineState, Member, Run } from "./state.ts";

/** Losses that a run remembers: no limit on them is higher. */
export const LOSS_MARKS_MAX = 16;

/** The owner is about to feed the inputs up to `cursor`. */
export function enter(state: MachineState, command: Enter): Applied {
  const run = state.runs.get(command.runId);
  if (run === undefined) return ignored(`no run ${command.runId}`);
  const isHeld = run.status.kind === "running" && isSameProcess(run.owner, command.owner);
  if (!isHeld || run.epoch !== command.epoch) return ignored("the entry is of another epoch");
  // An earlier one that comes late, or again, takes nothing back.
  if (command.cursor <= Math.max(run.through, run.entered ?? run.through)) {
    return { reply: { kind: "done" }, events: [] };
  }
  run.entered = command.cursor;
  return { reply: { kind: "done" }, events: [{ kind: "run", runId: run.id }] };
}

/** Its owner is lost: to another one, or, at the second loss inside the same inputs, set aside. */
export function lose(
  state: MachineState,
  run: Run,
  how: { readonly context: CommandContext; readonly wanted?: Member },
): void {
  state.view?.keep(run);
  const { entered, through } = run;
  const { context, wanted } = how;
  if (entered !== undefined && through < entered) {
    setAside(state, run, { entered, context });
    return;
  }
  const last = run.inputs.at(-1)?.position ?? position(0);
  run.lossMarks = state.marks.append(run.lossMarks, run.next, LOSS_MARKS_MAX);
  if (last > through && !startsLater(run, state.timeMs)) run.suspectUpTo = last;
  reassign(state, run, context, wanted?.node);
}

/** Under a new epoch, so that nothing its owner still says is taken (rule 16). */
function setAside(
  state: MachineState,
  run: Run,
  { entered, context }: { readonly entered: Position; readonly context: CommandContext },
): void {
  renewEpoch(state, run, context);
  const after = run.through < 0 ? "from the Start on" : `after input ${run.through}`;
  const divergence = {
    path: "",
    recorded: `2 owners lost ${after}, up to input ${entered}`,
    actual: "no rest after them",
    reason: "what the workflow does there has ended two processes: mend it, then resume the run",
  };
  setStatus(state, run, { kind: "parked", reason: "poisoned", divergence }, run.owner);
}

/** It came to rest beyond all that it was a suspect for. */
export function clear(run: Run): void {
  if (run.suspectUpTo !== undefined && run.through >= run.suspectUpTo) run.suspectUpTo = undefined;
}

/** Somebody mended it: all is forgiven. */
export function forgive(run: Run): void {
  run.suspectUpTo = undefined;
  run.entered = undefined;
  run.lossMarks = NO_MARKS;
}
