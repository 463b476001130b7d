// Pure reads of the state, for handles, pages and people. Nothing here changes anything.

import type { NodeId, Path, RunId } from "../../std/ids.ts";
import type { Failure } from "../dsl/failure.ts";
import type { Divergence, Value } from "../dsl/record.ts";
import { isSameProcess, whyUnassigned } from "./ownership.ts";
import { readWaits, restOf, type Wait } from "./rest.ts";
import { attemptOf, startsLater } from "./run.ts";
import { catalogueKey, isTerminal, type MachineState, type Run, type RunStatus } from "./state.ts";
import type { Tags } from "./terms.ts";

/** A run as others may see it. */
export interface RunView {
  readonly workflowId: string;
  readonly runId: RunId;
  readonly name: string;
  readonly version: number;
  readonly status: RunStatus["kind"];
  /** Why it is unassigned, parked, failed or terminated, in words. */
  readonly reason?: string;
  /** Who acts for it; of a parked or ended run, who did so last. */
  readonly owner?: OwnerView;
  readonly epoch: number;
  readonly through: number;
  readonly startedAtMs: number;
  readonly deadlineMs?: number;
  readonly tags: Tags;
  readonly endedAtMs?: number;
  /** Records that the group accepted for it, and their payload bytes. */
  readonly records: Run["next"];
  readonly bytes: number;
  readonly divergence?: Divergence;
  /** Members that are up and passed over for it, with where their bodies diverged (rule 19). */
  readonly unfit: readonly { readonly member: string; readonly divergence: Divergence }[];
  /** Effects that failed and will be tried again, in the order of their first failures. */
  readonly attempts: readonly AttemptView[];
  /** As its owner last told; empty where something has come since. */
  readonly waits: readonly WaitView[];
}

/** What a run waits for. */
export interface WaitView {
  /** `start`: it was started with a delay. */
  readonly kind: "start" | "sleep" | "receive" | "compute" | "step" | "child";
  readonly path?: Path;
  /** Of a signal, an effect or a child's workflow. */
  readonly name?: string;
  /** Log time when it is over by itself. */
  readonly dueMs?: number;
  /** Of an effect body: the one that runs, or comes next. */
  readonly attempt?: number;
  /** Of a child that it started. */
  readonly workflowId?: string;
}

export interface OwnerView {
  readonly node: NodeId;
  readonly name: string;
  readonly incarnation: number;
}

export interface AttemptView {
  readonly path: Path;
  readonly failures: number;
  readonly last: Failure;
  readonly notBeforeMs: number;
}

export function describeRun(state: MachineState, run: Run): RunView {
  const reason = reasonOf(state, run);
  const owner = ownerOf(state, run);
  return {
    workflowId: run.workflowId,
    runId: run.id,
    name: run.name,
    version: run.version,
    status: run.status.kind,
    ...(reason === undefined ? {} : { reason }),
    ...(owner === undefined ? {} : { owner }),
    epoch: run.epoch,
    through: run.through,
    startedAtMs: run.startedAtMs,
    ...(run.deadlineMs === undefined ? {} : { deadlineMs: run.deadlineMs }),
    tags: run.terms.tags,
    ...(run.endedAtMs === undefined ? {} : { endedAtMs: run.endedAtMs }),
    records: run.next,
    bytes: run.bytes,
    ...(run.status.kind === "parked" ? { divergence: run.status.divergence } : {}),
    unfit: unfitOf(state, run),
    attempts: [...run.attempts].map(([path, { failures, last, notBeforeMs }]) => {
      return { path, failures, last, notBeforeMs };
    }),
    waits: waitsOf(state, run),
  };
}

function unfitOf(state: MachineState, run: Run): RunView["unfit"] {
  return run.unfit.flatMap(({ member, divergence }) => {
    const known = state.members.get(member.node);
    // Marks of an earlier process are moot.
    const isMoot = known === undefined || !known.isUp || !isSameProcess(member, known);
    return isMoot ? [] : [{ member: known.name, divergence }];
  });
}

function waitsOf(state: MachineState, run: Run): readonly WaitView[] {
  if (startsLater(run, state.timeMs) && !isTerminal(run.status)) {
    return [{ kind: "start", dueMs: run.startedAtMs }];
  }
  const rest = restOf(run);
  return rest === undefined ? [] : readWaits(rest.waits).map((wait) => waitOf(run, wait));
}

function waitOf(run: Run, { kind, path, name, since, dueMs }: Wait): WaitView {
  const isCall = kind === "compute" || kind === "step";
  const link = run.children.get(path);
  return {
    kind: kind === "childEnd" ? "child" : kind,
    path,
    ...(name === "" ? {} : { name }),
    ...(dueMs === undefined ? {} : { dueMs }),
    ...(isCall ? { attempt: attemptOf(run, path, since) } : {}),
    ...(link === undefined ? {} : { workflowId: link.workflowId }),
  };
}

function ownerOf(state: MachineState, run: Run): OwnerView | undefined {
  if (run.owner === undefined) return;
  const { node, incarnation } = run.owner;
  return { node, incarnation, name: state.members.get(node)?.name ?? `node ${node}` };
}

function reasonOf(state: MachineState, run: Run): string | undefined {
  switch (run.status.kind) {
    case "unassigned":
      // As of now: members may have come and gone since the run was looked at.
      return whyUnassigned(state, run);
    case "parked":
      return `${run.status.reason}: ${run.status.divergence.reason}`;
    case "failed":
      return `${run.status.failure.name}: ${run.status.failure.message}`;
    case "terminated":
    case "cancelled":
      return run.status.reason;
    case "timed-out":
      return `it took longer than ${run.terms.timeoutMs} ms`;
    case "continued":
      return `it goes on as ${run.status.runId}`;
    default:
      return;
  }
}

/** The run that a workflow id names today. */
export function findRun(state: MachineState, workflowId: string): Run | undefined {
  const id = state.byWorkflowId.get(workflowId);
  return id === undefined ? undefined : state.runs.get(id);
}

/** The variable as of the last accepted write. */
export const readVariable = (run: Run, name: string): Value | undefined => run.variables.get(name);

export const LIST_LIMIT_DEFAULT = 100;
export const LIST_LIMIT_MAX = 1_000;

export interface RunFilter {
  readonly status?: RunStatus["kind"];
  readonly name?: string;
  readonly version?: number;
  /** The run has all of these. */
  readonly tags?: Tags;
  readonly idPrefix?: string;
  /** 1 to 1,000, brought into that range; default 100. */
  readonly limit?: number;
  /** What the page before gave. What no page gave is past the end. */
  readonly cursor?: string;
}

export interface RunList {
  readonly runs: readonly RunView[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

/** In the order of the Starts; runs that start or go between two pages shift nothing. */
export function listRuns(state: MachineState, filter: RunFilter = {}): RunList {
  const asked = Math.trunc(filter.limit ?? LIST_LIMIT_DEFAULT);
  const limit = Math.min(Math.max(asked, 1), LIST_LIMIT_MAX);
  const after = filter.cursor === undefined ? -1 : ordinalOf(filter.cursor);
  const runs: RunView[] = [];
  let last = -1;
  for (const run of state.runs.values()) {
    if (run.ordinal <= after || !isAskedFor(run, filter)) continue;
    if (runs.length === limit) return { runs, cursor: String(last) };
    runs.push(describeRun(state, run));
    last = run.ordinal;
  }
  return { runs };
}

const ordinalOf = (cursor: string): number =>
  /^\d{1,15}$/.test(cursor) ? Number(cursor) : Number.POSITIVE_INFINITY;

function isAskedFor(run: Run, filter: RunFilter): boolean {
  const { status, name, version, tags = [], idPrefix = "" } = filter;
  if (status !== undefined && run.status.kind !== status) return false;
  if (name !== undefined && run.name !== name) return false;
  if (version !== undefined && run.version !== version) return false;
  return run.workflowId.startsWith(idPrefix) && tags.every((tag) => hasTag(run, tag));
}

const hasTag = ({ terms }: Run, [key, value]: Tags[number]): boolean =>
  terms.tags.some(([of, is]) => of === key && is === value);

export interface VersionUse {
  readonly name: string;
  readonly version: number;
  /** Runs that have not ended: while there are any, some member must have this version. */
  readonly open: number;
  readonly ended: number;
}

/** Which versions the group has runs of, by name and version. */
export function versionsInUse(state: MachineState): readonly VersionUse[] {
  const uses = new Map<string, { name: string; version: number; open: number; ended: number }>();
  for (const { name, version, status } of state.runs.values()) {
    const key = catalogueKey(name, version);
    const use = uses.get(key) ?? { name, version, open: 0, ended: 0 };
    uses.set(key, use);
    use[isTerminal(status) ? "ended" : "open"]++;
  }
  const order = (a: VersionUse, b: VersionUse): number =>
    a.name === b.name ? a.version - b.version : a.name < b.name ? -1 : 1;
  return [...uses.values()].sort(order);
}
