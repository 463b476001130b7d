// How a run begins: by a Start, or as what another one goes on as.

import { assert } from "../../std/assert.ts";
import {
  BEFORE_START,
  epoch,
  type Path,
  type Position,
  position,
  type RunId,
} from "../../std/ids.ts";
import type { Value } from "../dsl/record.ts";
import type { CommandContext } from "./command.ts";
import { NO_MARKS, NOTHING_ENTERED, noEntries, noIds } from "./sparse.ts";
import type { MachineState, Run } from "./state.ts";
import type { StartTerms } from "./terms.ts";

export interface RunSeed {
  readonly id: RunId;
  readonly workflowId: string;
  readonly name: string;
  readonly version: number;
  readonly input: Value;
  readonly inputHash: string;
  readonly startHash: string;
  readonly terms: StartTerms;
  /** Of a chain: its first run's. */
  readonly deadlineMs: number | undefined;
  /** Its Start is fed no earlier than so long after its entry. Default 0. */
  readonly delayMs?: number;
  /** Of one that goes on in the middle of another: that one's. */
  readonly originId?: RunId;
  readonly startedAtMs?: number;
}

/** A new run that its workflow id names from now on; nobody owns it yet. */
export function createRun(state: MachineState, seed: RunSeed, context: CommandContext): Run {
  assert(!state.runs.has(seed.id), "a run id is given once");
  const { delayMs = 0, ...named } = seed;
  const atMs = state.timeMs + delayMs;
  const run: Run = {
    originId: undefined,
    startedAtMs: atMs,
    ...named,
    ordinal: state.started++,
    scheduling: 1,
    status: { kind: "unassigned", reason: "" },
    endedAtMs: undefined,
    owner: undefined,
    epoch: epoch(context.index),
    sequence: 0,
    gaps: 0,
    through: BEFORE_START,
    next: position(1),
    bytes: seed.input.length,
    // The Start is fed like any other input: `through` is before it until a body rested on it.
    inputs: [{ kind: "start", position: position(0), index: context.index, atMs }],
    writes: noEntries(),
    writesByCursor: noEntries(),
    settled: noEntries(),
    attempts: noEntries(),
    markers: noEntries(),
    heartbeats: noEntries(),
    epochMarks: NO_MARKS,
    lossMarks: NO_MARKS,
    suspectUpTo: undefined,
    entered: NOTHING_ENTERED,
    rest: undefined,
    variables: noEntries(),
    unfit: [],
    signals: 0,
    signalIds: noIds(),
    isCancelled: false,
    grants: 0,
    parent: undefined,
    children: noEntries(),
    lastIndex: context.index,
  };
  state.runs.set(run.id, run);
  state.byWorkflowId.set(run.workflowId, run.id);
  return run;
}

/** It was started with a delay that is not over by this clock: nobody feeds it anything. */
export function startsLater(run: Run, nowMs: number): boolean {
  const { isCancelled, startedAtMs, terms, through } = run;
  const isDelayed = terms.delayMs !== undefined && startedAtMs > nowMs;
  // Who was cancelled begins at once, to feel it.
  return isDelayed && through === BEFORE_START && !isCancelled;
}

/**
 * The number of the attempt that runs, or comes next: each failure counts, and each change of epoch
 * since the effect was asked for (rule 13).
 */
export function attemptOf(run: Run, path: Path, since: Position): number {
  const changes = run.epochMarks.filter((mark) => mark > since).length;
  return 1 + (run.attempts.get(path)?.failures ?? 0) + changes;
}

/** The next ordinal of the run's records. */
export function nextPosition(run: Run): Position {
  const at = run.next;
  run.next = position(at + 1);
  return at;
}
