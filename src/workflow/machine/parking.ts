// Commands about one run that are no speech of its owner's: claim, move, park, unfit, resume,
// terminate.

import type { RunId } from "../../std/ids.ts";
import {
  type Applied,
  type Claim,
  type CommandContext,
  ignored,
  type MachineEvent,
  type Move,
  type Park,
  type Resume,
  type Terminate,
  type Unfit,
} from "./command.ts";
import { endRun } from "./ending.ts";
import { isSameProcess, reassign, renewEpoch, setStatus, whyUnassigned } from "./ownership.ts";
import { forgive } from "./poison.ts";
import { isTerminal, type MachineState, type Run } from "./state.ts";

/** The owner asks for a new epoch, to rebuild its generator with nothing in doubt (rule 16). */
export function claim(state: MachineState, command: Claim, context: CommandContext): Applied {
  const run = state.runs.get(command.runId);
  if (run === undefined) return unknown(command.runId);
  const isHeld = run.status.kind === "running" && isSameProcess(run.owner, command.owner);
  if (!isHeld || run.epoch !== command.epoch) return ignored("the claim is of another epoch");
  renewEpoch(state, run, context);
  return done(run);
}

/** To the member that was asked for where that may own it, else to another one. */
export function move(state: MachineState, command: Move, context: CommandContext): Applied {
  const run = state.runs.get(command.runId);
  if (run === undefined) return unknown(command.runId);
  if (run.status.kind !== "running" || run.epoch !== command.epoch) {
    return ignored("the run has another epoch by now");
  }
  reassign(state, run, context, command.to);
  return done(run);
}

/** Set aside under a new epoch, so that nothing its owner still says is taken (rules 16, 22). */
export function park(state: MachineState, command: Park, context: CommandContext): Applied {
  const run = state.runs.get(command.runId);
  if (run === undefined) return unknown(command.runId);
  if (run.status.kind !== "running" || run.epoch !== command.epoch) {
    return ignored("only the owner of the present epoch parks a run");
  }
  renewEpoch(state, run, context);
  const { reason, divergence } = command;
  setStatus(state, run, { kind: "parked", reason, divergence }, run.owner);
  return done(run);
}

/**
 * A standby's divergence disqualifies that standby; were it owner by now, the run moves (rule 19).
 */
export function unfit(state: MachineState, command: Unfit, context: CommandContext): Applied {
  const run = state.runs.get(command.runId);
  if (run === undefined) return unknown(command.runId);
  const isOpen = run.status.kind === "running" || run.status.kind === "unassigned";
  if (!isOpen) return ignored(`the run is ${run.status.kind}`);
  const isCurrent = (process: Unfit["member"]): boolean => {
    const member = state.members.get(process.node);
    return member?.isUp === true && isSameProcess(process, member);
  };
  const { member, divergence } = command;
  if (!isCurrent(member)) return ignored("that process is not up");
  // Marks of processes that are gone are moot: kept no longer than until the next one.
  const marks = run.unfit.filter((mark) => isCurrent(mark.member));
  if (marks.some((mark) => isSameProcess(mark.member, member))) return ignored("known as unfit");
  run.unfit = [...marks, { member, divergence }];
  if (run.status.kind === "unassigned") {
    setStatus(state, run, { kind: "unassigned", reason: whyUnassigned(state, run) }, undefined);
  } else if (isSameProcess(run.owner, member)) reassign(state, run, context);
  return done(run);
}

/**
 * A new try for a run that was set aside, with every member fit again: under its owner where that
 * is up, else elsewhere. So too for a run that waits because all with its workflow diverged.
 */
export function resume(state: MachineState, command: Resume, context: CommandContext): Applied {
  const run = state.runs.get(command.runId);
  if (run === undefined) return unknown(command.runId);
  const isStuck = run.status.kind === "unassigned" && run.unfit.length > 0;
  if (run.status.kind !== "parked" && !isStuck) return ignored(`the run is ${run.status.kind}`);
  if (run.status.kind === "parked" && run.status.reason === "journal-full") run.grants++;
  run.unfit = [];
  forgive(run);
  // Its code may be another one by now: it is looked at, asleep or not.
  run.rest = undefined;
  reassign(state, run, context, run.owner?.node);
  return done(run);
}

/** Ends a run from outside, whatever it is at; its body is not asked. */
export function terminate(
  state: MachineState,
  command: Terminate,
  context: CommandContext,
): Applied {
  const run = state.runs.get(command.runId);
  if (run === undefined) return unknown(command.runId);
  if (isTerminal(run.status)) return ignored(`the run is ${run.status.kind}`);
  const events: MachineEvent[] = [{ kind: "run", runId: run.id }];
  endRun(state, run, { kind: "terminated", reason: command.reason }, { context, events });
  return { reply: { kind: "done" }, events };
}

const done = (run: Run): Applied => ({
  reply: { kind: "done" },
  events: [{ kind: "run", runId: run.id }],
});

const unknown = (id: RunId): Applied => ignored(`no run ${id}`);
