// Runs as handles show them: the machine's view with dates and names. Pure reads.

import type {
  ListFilter,
  RunDescription,
  RunEnd,
  RunPage,
  RunStatusKind,
  WaitDescription,
} from "../client/gateway.ts";
import { invalidArgument } from "../errors.ts";
import { journalShare } from "../workflow/machine/limits.ts";
import {
  describeRun,
  LIST_LIMIT_MAX,
  listRuns,
  type RunView,
  type WaitView,
} from "../workflow/machine/query.ts";
import type { MachineState, Run, RunStatus } from "../workflow/machine/state.ts";

/**
 * The end of a run, or undefined while it has none:
 * parked and unassigned are no ends (SEMANTICS 22), and a run that was continued has its end
 * where it goes on.
 */
export function endOf(status: RunStatus): RunEnd | undefined {
  switch (status.kind) {
    case "completed":
    case "failed":
    case "cancelled":
    case "terminated":
    case "timed-out":
      return status;
    default:
      return;
  }
}

export const describe = (state: MachineState, run: Run): RunDescription =>
  described(describeRun(state, run));

function described(view: RunView): RunDescription {
  const { workflowId, runId, name, version, status, epoch, records, reason, divergence } = view;
  return {
    workflowId,
    runId,
    name,
    version,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(view.owner === undefined || status !== "running" ? {} : { owner: view.owner.name }),
    epoch,
    startedAt: new Date(view.startedAtMs),
    ...(view.deadlineMs === undefined ? {} : { timesOutAt: new Date(view.deadlineMs) }),
    tags: Object.fromEntries(view.tags),
    ...(view.endedAtMs === undefined ? {} : { endedAt: new Date(view.endedAtMs) }),
    records,
    bytes: view.bytes,
    isJournalHalfFull: journalShare({ next: records, bytes: view.bytes }) >= 0.5,
    ...(divergence === undefined ? {} : { divergence }),
    unfit: view.unfit,
    waitsFor: view.waits.map(waitFor),
    retries: view.attempts.map(({ path, failures, last }) => {
      return { path, failures, error: `${last.name}: ${last.message}` };
    }),
  };
}

function waitFor(view: WaitView): WaitDescription {
  const { kind, path = "", name = "", dueMs, attempt = 1, workflowId } = view;
  const until = dueMs === undefined ? {} : { until: dateOf(dueMs) };
  switch (kind) {
    case "start":
      return { kind, until: dateOf(dueMs ?? 0) };
    case "sleep":
      return { kind, path, until: dateOf(dueMs ?? 0) };
    case "receive":
      return { kind, path, signal: name, ...until };
    case "child":
      return { kind, path, workflow: name, ...(workflowId === undefined ? {} : { workflowId }) };
    default:
      return { kind, path, name, attempt, ...until };
  }
}

/** No date is later. */
const DATE_MAX_MS = 8.64e15;

const dateOf = (ms: number): Date => new Date(Math.min(ms, DATE_MAX_MS));

const STATUS_KINDS: ReadonlySet<RunStatusKind> = new Set([
  "running",
  "unassigned",
  "parked",
  "completed",
  "failed",
  "cancelled",
  "continued",
  "terminated",
  "timed-out",
]);

/** @throws RaftoralError `invalid-argument` */
export function runStatusKind(text: string): RunStatusKind {
  for (const kind of STATUS_KINDS) if (kind === text) return kind;
  throw invalidArgument(`status "${text}": one of ${[...STATUS_KINDS].join(", ")}`);
}

/** Oldest first. @throws RaftoralError `invalid-argument` */
export function page(state: MachineState, filter: ListFilter): RunPage {
  const { limit = 1, status } = filter;
  if (!(Number.isSafeInteger(limit) && limit >= 1 && limit <= LIST_LIMIT_MAX)) {
    throw invalidArgument(`limit: a whole number from 1 to ${LIST_LIMIT_MAX}`);
  }
  if (status !== undefined) runStatusKind(status);
  const { tags, ...rest } = filter;
  const wanted = tags === undefined ? rest : { ...rest, tags: Object.entries(tags) };
  const { runs, cursor } = listRuns(state, wanted);
  return { runs: runs.map(described), ...(cursor === undefined ? {} : { cursor }) };
}
