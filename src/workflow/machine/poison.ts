// What may have ended its owner (rule 21): what a body does after inputs that its owner was lost
// over, and effect bodies that were pending when owners were lost. What is suspect is entered: its
// owner says so before it runs it, one after the other. Of all that a lost owner had entered and
// not left, the last one is what it was lost over, and nothing else.
//
// I1. A run is set aside for what it was entered for, never for what ran beside it.
// I2. A run that slept is no suspect.

import { type Path, type Position, position } from "../../std/ids.ts";
import type { Divergence } from "../dsl/record.ts";
import type { Applied, CommandContext, Enter, Leave, Suspect } from "./command.ts";
import { ignored } from "./command.ts";
import { isSameProcess, reassign, renewEpoch, setStatus } from "./ownership.ts";
import { startsLater } from "./run.ts";
import { NO_MARKS, NOTHING_ENTERED } from "./sparse.ts";
import type { Entered, MachineState, Member, Run } from "./state.ts";

/** Losses that a run remembers: no limit on them is higher. */
export const LOSS_MARKS_MAX = 16;

/** What an owner was lost over. */
export interface Blamed {
  readonly run: Run;
  readonly suspect: Suspect;
}

/** The owner is about to run what is suspect. */
export function enter(state: MachineState, command: Enter, { index: at }: CommandContext): Applied {
  const run = heldRun(state, command);
  if (run === undefined) return ignored("the entry is of another epoch");
  const { suspect } = command;
  // An earlier one that comes late, or again, takes nothing back.
  if (isLeft(run, suspect) || hasEntered(run, suspect)) {
    return { reply: { kind: "done" }, events: [] };
  }
  const others = run.entered.filter((one) => !isOfKind(one.suspect, suspect));
  run.entered = [...others, { suspect, at }];
  return { reply: { kind: "done" }, events: [{ kind: "run", runId: run.id }] };
}

/** The branch of what was entered was cancelled. */
export function leave(state: MachineState, command: Leave): Applied {
  const run = heldRun(state, command);
  if (run === undefined) return ignored("the command is of another epoch");
  leaveBody(run, command.path);
  return { reply: { kind: "done" }, events: [{ kind: "run", runId: run.id }] };
}

/** Where the process that speaks owns it, in the epoch that it speaks of. */
function heldRun(state: MachineState, { runId, owner, epoch }: Enter | Leave): Run | undefined {
  const run = state.runs.get(runId);
  const isHeld = run?.status.kind === "running" && isSameProcess(run.owner, owner);
  return isHeld && run.epoch === epoch ? run : undefined;
}

/** The last input that its owner may feed it. */
export function enteredUpTo({ entered, through }: Run): Position {
  let upTo = through;
  for (const { suspect } of entered) {
    if (suspect.kind === "inputs" && suspect.upTo > upTo) upTo = suspect.upTo;
  }
  return upTo;
}

/** Has its owner said that it runs the body at this path? */
export const hasEnteredBody = ({ entered }: Run, path: Path): boolean =>
  entered.some(({ suspect }) => suspect.kind === "body" && suspect.path === path);

/** Of all that the owner of these runs entered and has not left: what it entered last. */
export function lastEntered(runs: readonly Run[]): Blamed | undefined {
  let last: Blamed | undefined;
  let lastAt = -1;
  for (const run of runs) {
    for (const { at, suspect } of run.entered) {
      if (at < lastAt || isLeft(run, suspect)) continue;
      last = { run, suspect };
      lastAt = at;
    }
  }
  return last;
}

/** Its owner is lost: to another one, or, lost over what it was entered for, set aside. */
export function lose(
  state: MachineState,
  run: Run,
  how: {
    readonly context: CommandContext;
    readonly blamed: Blamed | undefined;
    readonly wanted?: Member;
  },
): void {
  state.view?.keep(run);
  const { context, blamed, wanted } = how;
  if (blamed?.run === run) {
    setAside(state, run, { suspect: blamed.suspect, context });
    return;
  }
  const last = run.inputs.at(-1)?.position ?? position(0);
  run.lossMarks = state.marks.append(run.lossMarks, run.next, LOSS_MARKS_MAX);
  if (last > run.through && !startsLater(run, state.timeMs)) run.suspectUpTo = last;
  reassign(state, run, context, wanted?.node);
}

/** Under a new epoch, so that nothing its owner still says is taken (rule 16). */
function setAside(
  state: MachineState,
  run: Run,
  { suspect, context }: { readonly suspect: Suspect; readonly context: CommandContext },
): void {
  renewEpoch(state, run, context);
  const divergence = reasonOf(run, suspect);
  setStatus(state, run, { kind: "parked", reason: "poisoned", divergence }, run.owner);
}

function reasonOf({ through }: Run, suspect: Suspect): Divergence {
  if (suspect.kind === "body") {
    const { losses, path, title } = suspect;
    return {
      path,
      recorded: `owners lost while ${title} was pending: ${losses + 1}, the last one over it alone`,
      actual: "no result of it",
      reason: "its body has ended its owner: mend it, then resume the run",
    };
  }
  const after = through < 0 ? "from the Start on" : `after input ${through}`;
  return {
    path: "",
    recorded: `2 owners lost ${after}, up to input ${suspect.upTo}`,
    actual: "no rest after them",
    reason: "what the workflow does there has ended two processes: mend it, then resume the run",
  };
}

/** It came to rest beyond all that it was a suspect for. */
export function clear(run: Run): void {
  if (run.suspectUpTo !== undefined && run.through >= run.suspectUpTo) run.suspectUpTo = undefined;
}

/** An attempt at this path came to its end, good or bad, in peace. */
export function leaveBody(run: Run, path: Path): void {
  if (!hasEnteredBody(run, path)) return;
  const stays = ({ suspect }: Entered): boolean =>
    suspect.kind === "inputs" || suspect.path !== path;
  run.entered = run.entered.filter(stays);
}

/** Somebody mended it: all is forgiven. */
export function forgive(run: Run): void {
  run.suspectUpTo = undefined;
  run.entered = NOTHING_ENTERED;
  run.lossMarks = NO_MARKS;
}

/** Nothing of it can end the owner any more. A body is taken out of the list when it is left. */
function isLeft({ settled, through }: Run, suspect: Suspect): boolean {
  return suspect.kind === "inputs" ? suspect.upTo <= through : settled.has(suspect.path);
}

function hasEntered(run: Run, suspect: Suspect): boolean {
  if (suspect.kind === "body") return hasEnteredBody(run, suspect.path);
  return enteredUpTo(run) >= suspect.upTo;
}

/** Inputs are entered as a whole: more of them take the place of fewer. */
const isOfKind = (one: Suspect, other: Suspect): boolean =>
  one.kind === "inputs" && other.kind === "inputs";
