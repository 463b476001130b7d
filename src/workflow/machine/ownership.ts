// Who acts for a run: the only file that changes owners, epochs and the indexes of both.
// I1. a running run's owner is up, at that incarnation, with the workflow registered (rule 18).
// I2. an epoch is never used twice by one run (SEMANTICS, "epoch").
// I3. `byOwner` holds the running runs, `unassigned` the unassigned ones, neither any other.

import { assert } from "../../std/assert.ts";
import { type Epoch, epoch, type NodeId } from "../../std/ids.ts";
import type { ProcessId } from "../dsl/record.ts";
import type { CommandContext } from "./command.ts";
import { hashText, mix } from "./hash.ts";
import { NOTHING_ENTERED, noEntries } from "./sparse.ts";
import {
  catalogueKey,
  isTerminal,
  type MachineState,
  type Member,
  type Run,
  type RunStatus,
} from "./state.ts";

/** One for all runs, as their members' processes are: 100,000 of them change hands in one turn. */
const RUNNING: RunStatus = { kind: "running" };

export const isSameProcess = (a: ProcessId | undefined, b: ProcessId): boolean =>
  a !== undefined && a.node === b.node && a.incarnation === b.incarnation;

/** May this member own the run? Marks of its earlier incarnations are moot (rule 19). */
export function isFit(member: Member, run: Run): boolean {
  return canRun(member, run) && !run.unfit.some((u) => isSameProcess(u.member, member));
}

const canRun = (member: Member, run: Run): boolean =>
  member.isUp && member.catalogue.has(catalogueKey(run.name, run.version));

/**
 * A new epoch for the run: what any owner said or says under an earlier one is stale from here on.
 * The entry's index, and more where one entry changes the epoch of one run twice.
 */
export function renewEpoch(state: MachineState, run: Run, context: CommandContext): void {
  const hadOwner = run.owner !== undefined || run.epochMarks.length > 0;
  const next: Epoch = epoch(Math.max(context.index, run.epoch + 1));
  assert(next > run.epoch, "an epoch is never used twice by one run");
  run.epoch = next;
  run.sequence = 0;
  run.gaps = 0;
  run.entered = NOTHING_ENTERED;
  // What no process has owned yet was attempted by none: its first owner is no recovery (rule 13).
  if (hadOwner) run.epochMarks = state.marks.append(run.epochMarks, run.next);
}

/** Gives the run, in a new epoch, to `wanted` or another fit member, else to nobody. */
export function reassign(
  state: MachineState,
  run: Run,
  context: CommandContext,
  wanted?: NodeId,
): void {
  state.view?.keep(run);
  renewEpoch(state, run, context);
  place(state, run, wanted);
}

/** As `reassign`, within the epoch that the run has: for a Start. */
export function place(state: MachineState, run: Run, wanted?: NodeId): void {
  const asked = wanted === undefined ? undefined : state.members.get(wanted);
  const member = asked !== undefined && isFit(asked, run) ? asked : choose(state, run);
  if (member === undefined) {
    const reason = whyUnassigned(state, run);
    setStatus(state, run, { kind: "unassigned", reason }, undefined);
    return;
  }
  assert(isFit(member, run), "an owner is up and has the run's workflow (rule 18)");
  setStatus(state, run, RUNNING, member.process);
}

/**
 * Rendezvous hashing: the fit member with the highest weight for this run. When a member goes, only
 * its own runs move, and they spread over all that are left; the lower node id wins a tie.
 */
function choose(state: MachineState, run: Run): Member | undefined {
  const seed = hashText(run.id);
  let best: Member | undefined;
  let bestWeight = -1;
  for (const member of state.members.values()) {
    if (!isFit(member, run)) continue;
    const weight = mix(seed, member.node);
    const isBetter =
      best === undefined ||
      weight > bestWeight ||
      (weight === bestWeight && member.node < best.node);
    if (isBetter) {
      best = member;
      bestWeight = weight;
    }
  }
  return best;
}

/** Gives a new run to the fit member that owns fewest, the lowest id of several. */
export function placeBalanced(state: MachineState, run: Run): void {
  const owned = ({ node }: Member): number => state.byOwner.get(node)?.size ?? 0;
  const [fewest] = [...state.members.values()]
    .filter((member) => isFit(member, run))
    .sort((a, b) => owned(a) - owned(b) || a.node - b.node);
  place(state, run, fewest?.node);
}

/** In words, why no member can own the run now. */
export function whyUnassigned(state: MachineState, run: Run): string {
  const key = catalogueKey(run.name, run.version);
  const having = [...state.members.values()]
    .filter((member) => member.catalogue.has(key))
    .sort((a, b) => a.node - b.node);
  const up = having.filter((member) => member.isUp);
  if (up.length === 0) {
    const names = having.map((member) => member.name).join(", ");
    return `no member has ${key}${names === "" ? "" : ` now: down with it: ${names}`}`;
  }
  const marks = up.flatMap((member) =>
    run.unfit
      .filter((mark) => isSameProcess(mark.member, member))
      .map(({ divergence: d }) => {
        const what = `${d.path}, recorded ${d.recorded}, actual ${d.actual}: ${d.reason}`;
        return `${member.name} diverged at ${what}`;
      }),
  );
  return `every member that has ${key} is unfit for this run: ${marks.join("; ")}`;
}

/** The one place where status and owner change: keeps both indexes with them (I3). */
export function setStatus(
  state: MachineState,
  run: Run,
  status: RunStatus,
  owner: ProcessId | undefined,
): void {
  assert(!isTerminal(run.status), "a run ends once (rule 22)");
  state.view?.keep(run);
  const before = indexOf(state, run);
  run.status = status;
  run.owner = owner;
  const after = indexOf(state, run);
  if (before !== after) before?.delete(run);
  // One that is new is in none yet.
  after?.add(run);
  indexDeadline(state, run);
}

function indexDeadline(state: MachineState, run: Run): void {
  if (run.deadlineMs === undefined) return;
  if (isTerminal(run.status)) state.timed.delete(run);
  else state.timed.add(run);
}

/** A run's end, by its body or from outside: for ever (rule 22). Its owner stays, to be read. */
export function end(state: MachineState, run: Run, status: RunStatus): void {
  setStatus(state, run, status, run.owner);
  run.endedAtMs = state.timeMs;
  run.attempts = noEntries();
  run.markers = noEntries();
  run.heartbeats = noEntries();
  run.rest = undefined;
}

/** Puts a run of a restored state where its status and owner say, as they are in `read`. */
export function reindex(state: MachineState, run: Run, read: Run = run): void {
  indexOf(state, read)?.add(run);
  if (read.deadlineMs !== undefined && !isTerminal(read.status)) state.timed.add(run);
}

/** The index entry that a run of this status and owner belongs to. */
function indexOf(state: MachineState, run: Run): Set<Run> | undefined {
  switch (run.status.kind) {
    case "running":
      return run.owner === undefined ? undefined : entry(state.byOwner, run.owner.node);
    case "unassigned":
      return entry(state.unassigned, catalogueKey(run.name, run.version));
    default:
      return;
  }
}

/** Entries stay when they are empty: there are as many as members and workflows. */
function entry<K>(map: Map<K, Set<Run>>, key: K): Set<Run> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = new Set<Run>();
  map.set(key, made);
  return made;
}

/** Runs of an index in the order of their Starts, whatever order they came to it. */
export function inOrder(runs: Iterable<Run>): readonly Run[] {
  const list = [...runs];
  let last = -1;
  // Mostly they came so; to sort 100,000 costs more than to look.
  for (const { ordinal } of list) {
    if (ordinal < last) return list.sort((a, b) => a.ordinal - b.ordinal);
    last = ordinal;
  }
  return list;
}
