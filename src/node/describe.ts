// Runs as people and handles see them, from the machine's state. Pure reads.

import type {
  ListFilter,
  RunDescription,
  RunEnd,
  RunPage,
  RunStatusKind,
} from "../client/gateway.ts";
import { RaftoralError } from "../errors.ts";
import type { MachineState, Run, RunStatus } from "../workflow/machine/state.ts";

/** The end of a run, or undefined while it has none: parked and unassigned are no ends (SEMANTICS 22). */
export function endOf(status: RunStatus): RunEnd | undefined {
  switch (status.kind) {
    case "completed":
    case "failed":
    case "terminated":
      return status;
    default:
      return;
  }
}

export function describe(state: MachineState, run: Run): RunDescription {
  const { status } = run;
  const reason = reasonOf(status);
  const owner = run.owner === undefined ? undefined : state.members.get(run.owner.node)?.name;
  return {
    workflowId: run.workflowId,
    runId: run.id,
    name: run.name,
    version: run.version,
    status: status.kind,
    ...(reason === undefined ? {} : { reason }),
    ...(owner === undefined || status.kind !== "running" ? {} : { owner }),
    epoch: run.epoch,
    startedAt: new Date(run.startedAtMs),
    ...(run.endedAtMs === undefined ? {} : { endedAt: new Date(run.endedAtMs) }),
    records: run.next,
    ...(status.kind === "parked" ? { divergence: status.divergence } : {}),
    retries: [...run.attempts].map(([path, { failures, last }]) => {
      return { path, failures, error: `${last.name}: ${last.message}` };
    }),
  };
}

function reasonOf(status: RunStatus): string | undefined {
  switch (status.kind) {
    case "failed":
      return `${status.failure.name}: ${status.failure.message}`;
    case "parked":
      return `${status.reason}: ${status.divergence.reason}`;
    case "unassigned":
    case "terminated":
      return status.reason;
    default:
      return;
  }
}

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1_000;
const STATUS_KINDS: ReadonlySet<RunStatusKind> = new Set([
  "running",
  "unassigned",
  "parked",
  "completed",
  "failed",
  "terminated",
]);

/** Oldest first, in the order of their Starts in the log. @throws RaftoralError `invalid-argument` */
export function page(state: MachineState, filter: ListFilter): RunPage {
  const limit = checkLimit(filter);
  const runs: RunDescription[] = [];
  let isPast = filter.cursor === undefined;
  let last: string | undefined;
  for (const run of state.runs.values()) {
    if (!isPast) {
      isPast = run.id === filter.cursor;
      continue;
    }
    if (!fits(run, filter)) continue;
    if (runs.length === limit) return last === undefined ? { runs } : { runs, cursor: last };
    runs.push(describe(state, run));
    last = run.id;
  }
  return { runs };
}

function fits(run: Run, filter: ListFilter): boolean {
  if (filter.status !== undefined && run.status.kind !== filter.status) return false;
  return filter.name === undefined || run.name === filter.name;
}

function checkLimit(filter: ListFilter): number {
  const limit = filter.limit ?? LIMIT_DEFAULT;
  if (!(Number.isSafeInteger(limit) && limit >= 1 && limit <= LIMIT_MAX)) {
    throw new RaftoralError("invalid-argument", `limit: a whole number from 1 to ${LIMIT_MAX}`);
  }
  if (filter.status !== undefined && !STATUS_KINDS.has(filter.status)) {
    const known = [...STATUS_KINDS].join(", ");
    throw new RaftoralError("invalid-argument", `status "${filter.status}": one of ${known}`);
  }
  return limit;
}
