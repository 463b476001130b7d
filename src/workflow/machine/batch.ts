// What an owner says of its runs: numbered batches, taken in sequence within the present epoch
// (rule 11).

import { assert, unreachable } from "../../std/assert.ts";
import { position } from "../../std/ids.ts";
import type { Failure } from "../dsl/failure.ts";
import type { Outcome } from "../dsl/record.ts";
import { recordChild } from "./child.ts";
import type {
  Applied,
  Batch,
  Batches,
  BatchItem,
  BatchReply,
  CommandContext,
  MachineEvent,
} from "./command.ts";
import { continueRun } from "./continue.ts";
import { endRun } from "./ending.ts";
import { isJournalFull, parkFull } from "./limits.ts";
import { clear, leaveBody } from "./poison.ts";
import { nextPosition } from "./run.ts";
import { drop, put } from "./sparse.ts";
import type { MachineState, Run, RunStatus } from "./state.ts";

/** Where a batch stands, and what it changes beside its run. */
interface Taking {
  readonly context: CommandContext;
  /** Its place in its command. */
  readonly slot: number;
  readonly events: MachineEvent[];
}

type Write = Extract<BatchItem, { kind: "write" }>;
type OutcomeItem = Extract<BatchItem, { kind: "outcome" }>;
type AttemptItem = Extract<BatchItem, { kind: "attempt" }>;
type Finish = Extract<BatchItem, { kind: "finish" }>;

export function takeBatches(
  state: MachineState,
  command: Batches,
  context: CommandContext,
): Applied {
  const replies: BatchReply[] = [];
  const events: MachineEvent[] = [];
  command.batches.forEach((batch, slot) => {
    replies.push(take(state, batch, { context, slot, events }));
  });
  return { reply: { kind: "batches", replies }, events };
}

function take(state: MachineState, batch: Batch, taking: Taking): BatchReply {
  const { events } = taking;
  const run = state.runs.get(batch.runId);
  // The fence: whoever lost the run, or speaks of one that is set aside or over, is not heard.
  if (run === undefined || run.status.kind !== "running" || batch.epoch !== run.epoch) {
    return { kind: "stale" };
  }
  const expected = run.sequence + 1;
  if (batch.sequence < expected) return { kind: "duplicate" };
  if (batch.sequence > expected) {
    // In the state, not in the event alone: an owner that missed the hint finds it
    // at its next look (14).
    run.gaps++;
    events.push({ kind: "run", runId: run.id });
    return { kind: "gap", expected };
  }
  events.push({ kind: "run", runId: run.id });
  accept(state, run, batch, taking);
  return { kind: "accepted" };
}

function accept(state: MachineState, run: Run, batch: Batch, taking: Taking): void {
  run.sequence = batch.sequence;
  // An owner rests on inputs that it was fed, so on none that this batch or a later one brings.
  const rested = Math.min(batch.through, run.next - 1);
  if (rested > run.through) run.through = position(rested);
  clear(run);
  for (const item of batch.items) {
    if (run.status.kind !== "running") break; // Nothing follows a finish.
    record(state, run, item, taking);
    run.lastIndex = taking.context.index;
  }
  if (run.status.kind === "running" && isJournalFull(run)) parkFull(state, run, taking.context);
  assert(run.through < run.next, "no body rests on an input that does not exist");
}

function record(state: MachineState, run: Run, item: BatchItem, taking: Taking): void {
  switch (item.kind) {
    case "write":
      recordWrite(run, item);
      break;
    case "outcome":
      recordOutcome(run, item, { index: taking.context.index, atMs: state.timeMs });
      break;
    case "attempt":
      recordAttempt(run, item, state.timeMs);
      break;
    case "marker":
      recordMarker(run, item);
      break;
    case "heartbeat":
      if (run.settled.has(item.path)) break;
      run.heartbeats = put(run.heartbeats, item.path, item.details);
      break;
    case "child":
      recordChild(state, run, item);
      break;
    case "rest": {
      const { isAsleep, waits } = item;
      run.rest = { through: run.through, isAsleep, waits };
      break;
    }
    case "finish":
      finish(state, run, item, taking);
      break;
    default:
      unreachable(item);
  }
}

/** The first write at a path is the record that every body reads; a second one is none (rule 4). */
function recordWrite(run: Run, item: Write): void {
  if (run.writes.has(item.path)) return;
  const { path, write, name, value, cursor } = item;
  run.writes = put(run.writes, path, {
    path,
    kind: write,
    name,
    value,
    cursor,
    position: nextPosition(run),
  });
  run.bytes += value.length;
  if (write === "patched") return;
  run.writesByCursor = put(run.writesByCursor, cursor, (run.writesByCursor.get(cursor) ?? 0) + 1);
  if (write !== "checkpoint") run.variables = put(run.variables, name, value);
}

/**
 * The first result for a path settles it; a later one stays in the history and is ignored (rule 5).
 */
function recordOutcome(
  run: Run,
  { effect, outcome }: OutcomeItem,
  stamp: Pick<Run["inputs"][number], "index" | "atMs">,
): void {
  const at = nextPosition(run);
  run.inputs.push({ ...stamp, kind: "outcome", position: at, effect, outcome });
  run.bytes += outcomeBytes(outcome);
  leaveBody(run, effect.path);
  if (run.settled.has(effect.path)) return;
  run.settled = put(run.settled, effect.path, { position: at, outcome });
  run.attempts = drop(run.attempts, effect.path);
  run.markers = drop(run.markers, effect.path);
  run.heartbeats = drop(run.heartbeats, effect.path);
}

/** Committed before the next attempt starts, so that `attempt` only grows (rule 13). */
function recordAttempt(run: Run, item: AttemptItem, timeMs: number): void {
  const { path } = item.effect;
  if (run.settled.has(path)) return;
  const failedAt = nextPosition(run);
  leaveBody(run, path);
  run.markers = drop(run.markers, path);
  run.bytes += failureBytes(item.failure);
  run.attempts = put(run.attempts, path, {
    failedAt,
    failures: (run.attempts.get(path)?.failures ?? 0) + 1,
    last: item.failure,
    notBeforeMs: Math.min(Math.ceil(timeMs + item.retryInMs), Number.MAX_SAFE_INTEGER),
  });
}

/** One for an attempt: the first stands until the attempt's end is known (rule 12). */
function recordMarker(run: Run, { path, nonce }: Extract<BatchItem, { kind: "marker" }>): void {
  if (run.settled.has(path) || run.markers.has(path)) return;
  nextPosition(run);
  run.markers = put(run.markers, path, nonce);
}

function finish(state: MachineState, run: Run, item: Finish, taking: Taking): void {
  nextPosition(run);
  run.bytes += outcomeBytes(item.outcome);
  const { as } = item;
  if (as?.kind !== "continued") {
    endRun(state, run, statusOf(item), taking);
    return;
  }
  const runId = continueRun(state, run, { ...taking, as });
  taking.events.push({ kind: "run", runId });
}

function statusOf({ outcome, as }: Finish): RunStatus {
  if (as?.kind === "cancelled") return { kind: "cancelled", reason: as.reason };
  return outcome.ok
    ? { kind: "completed", value: outcome.value }
    : { kind: "failed", failure: outcome.failure };
}

export const outcomeBytes = (outcome: Outcome): number =>
  outcome.ok ? outcome.value.length : failureBytes(outcome.failure);

function failureBytes(failure: Failure): number {
  const { name, message, stack, data, cause } = failure;
  const own = name.length + message.length + (stack?.length ?? 0) + (data?.length ?? 0);
  if (cause === undefined) return own;
  return own + ("value" in cause ? cause.value.length : failureBytes(cause));
}
