import type { Execution } from "./effect-server.ts";
import type { Operation } from "./history.ts";

/** What is known after the heal: every run that was ever started, as a member lists it. */
export interface FinalRun {
  readonly run: string;
  readonly status: string;
  readonly value: number | undefined;
}

export interface Evidence {
  readonly operations: readonly Operation[];
  readonly runs: readonly FinalRun[];
  readonly executions: readonly Execution[];
  /** Effects of each run. */
  readonly effects: number;
  /** Disruptions, each of which may cost each run under way one execution more. */
  readonly disruptions: number;
  readonly runsAtOnce: number;
}

/** A law, and what breaks it, in words; nothing: it holds. */
export type Check = readonly [law: string, find: (evidence: Evidence) => readonly string[]];

export const CHECKS: readonly Check[] = [
  ["no acknowledged start is lost", lostStarts],
  ["every run came to its end, with the right value", wrongEnds],
  ["no acknowledged result is another than the run's", changedResults],
  ["every effect was applied under one key: no more keys, no fewer", wrongKeys],
  ["no attempt of an effect runs twice", repeatedAttempts],
  ["executions exceed effects by what was disrupted at the most", tooManyExecutions],
  ["reads are linearizable: progress never goes back in real time", staleReads],
];

function lostStarts({ operations, runs }: Evidence): readonly string[] {
  const known = new Set(runs.map(({ run }) => run));
  return operations
    .filter(({ kind, outcome, run }) => kind === "start" && outcome === "ok" && !known.has(run))
    .map(({ run }) => run);
}

function wrongEnds({ effects, runs }: Evidence): readonly string[] {
  return runs
    .filter(({ status, value }) => status !== "completed" || value !== effects)
    .map(({ run, status, value }) => `${run}: ${status} ${value}`);
}

function changedResults({ operations, runs }: Evidence): readonly string[] {
  const values = new Map(runs.map(({ run, value }) => [run, value]));
  return operations
    .filter(({ kind, outcome }) => kind === "result" && outcome === "ok")
    .filter(({ run, value }) => values.get(run) !== value)
    .map(({ run, value }) => `${run}: told ${value}, is ${values.get(run)}`);
}

function wrongKeys({ effects, executions, runs }: Evidence): readonly string[] {
  const keysOf = new Map<string, Set<string>>();
  for (const { key, run } of executions) {
    keysOf.set(run, (keysOf.get(run) ?? new Set()).add(key));
  }
  return runs
    .filter(({ run }) => keysOf.get(run)?.size !== effects)
    .map(({ run }) => `${run}: ${keysOf.get(run)?.size ?? 0} keys of ${effects}`);
}

/** A paused or cut-off owner may act late, but under an attempt that nobody else was given. */
function repeatedAttempts({ executions }: Evidence): readonly string[] {
  const seen = new Map<string, string>();
  return executions.flatMap(({ attempt, key, node, run }) => {
    const before = seen.get(`${key} ${attempt}`);
    seen.set(`${key} ${attempt}`, node);
    return before === undefined ? [] : [`${run}: attempt ${attempt} on ${before} and on ${node}`];
  });
}

function tooManyExecutions({ disruptions, executions, runsAtOnce }: Evidence): readonly string[] {
  const extra = executions.length - new Set(executions.map(({ key }) => key)).size;
  const most = disruptions * runsAtOnce;
  return extra <= most ? [] : [`${extra} executions more, at most ${most}`];
}

/** For a number that only grows: whoever reads after a read has ended sees no less. */
function staleReads({ operations }: Evidence): readonly string[] {
  const byRun = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (operation.kind !== "read" || operation.outcome !== "ok") continue;
    byRun.set(operation.run, [...(byRun.get(operation.run) ?? []), operation]);
  }
  return [...byRun].flatMap(([run, reads]) => staleReadsOf(run, reads));
}

function staleReadsOf(run: string, reads: readonly Operation[]): readonly string[] {
  const byEnd = [...reads].sort((a, b) => a.endedMs - b.endedMs);
  const byStart = [...reads].sort((a, b) => a.invokedMs - b.invokedMs);
  let highest = -2;
  let ended = 0;
  return byStart.flatMap(({ invokedMs, value = -2 }) => {
    for (; (byEnd[ended]?.endedMs ?? Number.POSITIVE_INFINITY) < invokedMs; ended++) {
      highest = Math.max(highest, byEnd[ended]?.value ?? -2);
    }
    return value < highest ? [`${run}: read ${value} after ${highest} had been read`] : [];
  });
}
