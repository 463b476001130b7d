// Which processes are up, with what workflows, and what happens to the runs of those that are not.

import type { NodeId } from "../../std/ids.ts";
import type { Announce, Applied, AssignOwners, CommandContext, MachineEvent } from "./command.ts";
import { ignored } from "./command.ts";
import { inOrder, isSameProcess, reassign } from "./ownership.ts";
import { lastEntered, lose } from "./poison.ts";
import type { MachineState, Member } from "./state.ts";

/** Superseded processes of one member that are remembered; no message is older than so many. */
const FORMER_NONCES_MAX = 64;

/**
 * A process start makes a new incarnation (rule 15): what its predecessor, or its twin, says is
 * stale from here on. The same announcement again changes nothing, and a superseded process's
 * changes nothing ever.
 */
export function announce(state: MachineState, command: Announce, context: CommandContext): Applied {
  const known = state.members.get(command.node);
  if (known?.isUp && known.nonce === command.nonce) {
    return { reply: { kind: "announced", incarnation: known.incarnation }, events: [] };
  }
  if (known?.isRemoved) return ignored("this member was removed");
  if (known?.formerNonces.includes(command.nonce)) {
    return ignored("a later process of this member has announced itself");
  }
  if (command.level < state.level) {
    return { reply: { kind: "too-old", needed: state.level }, events: [] };
  }
  const member = up(state, command, context);
  raiseLevel(state);
  const events: MachineEvent[] = [{ kind: "member", node: member.node }];
  // Its generators are gone or stale: its runs get new epochs, or an owner that has their workflow.
  const owned = inOrder(state.byOwner.get(member.node) ?? []);
  const waiting = [...member.catalogue].flatMap((key) => [...(state.unassigned.get(key) ?? [])]);
  // The process before it is gone, and did not give them away (rule 21).
  const blamed = lastEntered(owned);
  for (const run of owned) {
    lose(state, run, { context, blamed, wanted: member });
    events.push({ kind: "run", runId: run.id });
  }
  for (const run of inOrder(waiting)) {
    reassign(state, run, context);
    events.push({ kind: "run", runId: run.id });
  }
  return { reply: { kind: "announced", incarnation: member.incarnation }, events };
}

function up(state: MachineState, command: Announce, context: CommandContext): Member {
  const { node, name, nonce, level } = command;
  const catalogue = new Set(command.catalogue);
  const known = state.members.get(node);
  if (known === undefined) {
    const member: Member = {
      node,
      name,
      incarnation: context.index,
      process: { node, incarnation: context.index },
      nonce,
      formerNonces: [],
      isUp: true,
      isRemoved: false,
      catalogue,
      level,
    };
    state.members.set(node, member);
    return member;
  }
  if (known.nonce !== nonce) {
    known.formerNonces = [...known.formerNonces, known.nonce].slice(-FORMER_NONCES_MAX);
  }
  known.name = name;
  known.nonce = nonce;
  // More than the index where one entry carries two announcements of one member.
  known.incarnation = Math.max(context.index, known.incarnation + 1);
  known.process = { node, incarnation: known.incarnation };
  known.isUp = true;
  known.catalogue = catalogue;
  known.level = level;
  return known;
}

/** What all understand, the ones that are down too: they come back as they were, unless removed. */
function raiseLevel(state: MachineState): void {
  const members = [...state.members.values()].filter(({ isRemoved }) => !isRemoved);
  if (members.length === 0) return;
  state.level = Math.max(state.level, Math.min(...members.map(({ level }) => level)));
}

/** The topology took the member out: its runs move, and it never counts again. */
export function removeMember(
  state: MachineState,
  node: NodeId,
  context: CommandContext,
): readonly MachineEvent[] {
  const member = state.members.get(node);
  if (member === undefined || member.isRemoved) return [];
  member.isRemoved = true;
  raiseLevel(state);
  const command = { kind: "assign-owners", dead: member.process, isHandOver: true } as const;
  return assignOwners(state, command, context).events;
}

/** Compare-and-set on the process: a member that came back meanwhile is not set down (rule 18). */
export function assignOwners(
  state: MachineState,
  { dead, isHandOver = false }: AssignOwners,
  context: CommandContext,
): Applied {
  const member = state.members.get(dead.node);
  if (member === undefined) return ignored(`no member ${dead.node}`);
  if (!member.isUp) return ignored(`${member.name} is down already`);
  if (!isSameProcess(dead, member)) return ignored(`${member.name} has a new incarnation`);
  member.isUp = false;
  const events: MachineEvent[] = [{ kind: "member", node: member.node }];
  const owned = inOrder(state.byOwner.get(member.node) ?? []);
  const blamed = lastEntered(owned);
  for (const run of owned) {
    if (isHandOver) reassign(state, run, context);
    else lose(state, run, { context, blamed });
    events.push({ kind: "run", runId: run.id });
  }
  return { reply: { kind: "done" }, events };
}
