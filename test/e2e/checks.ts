import { type Evidence, KINDS, type Operation, type OperationKind, type Value } from "./history.ts";

/** A law, and what breaks it, in words; nothing: it holds. */
export type Check = readonly [law: string, find: (evidence: Evidence) => readonly string[]];

export const CHECKS: readonly Check[] = [
  ["each kind of call was acknowledged at least once: else nothing is shown", missingKinds],
  ["no acknowledged start is lost", lostStarts],
  ["every run came to the end that it should", wrongEnds],
  ["no call that is in order is refused", refusedCalls],
  ["a run has one result, whoever asks and how often", changedResults],
  ["every effect was applied under one key: no more keys, no fewer", wrongKeys],
  ["each effect's accepted result is that of one of its executions", foreignTokens],
  ["no attempt of an effect runs twice", repeatedAttempts],
  ["executions exceed effects by what was disrupted at the most", tooManyExecutions],
  ["no acknowledged signal is lost, and each arrives once, in the order sent", wrongSignals],
  ["no acknowledged cancellation is lost", lostCancels],
  ["reads are linearizable: progress never goes back in real time", staleReads],
  ["reads are linearizable: who asks after a start or an end was told of sees it", staleLooks],
];

const acknowledged = ({ operations }: Evidence, kind: OperationKind): readonly Operation[] =>
  operations.filter((one) => one.kind === kind && one.outcome === "ok");

function missingKinds(evidence: Evidence): readonly string[] {
  return KINDS.filter((kind) => acknowledged(evidence, kind).length === 0);
}

function lostStarts(evidence: Evidence): readonly string[] {
  const known = new Set(evidence.runs.map(({ run }) => run));
  return acknowledged(evidence, "start").flatMap(({ run }) => (known.has(run) ? [] : [run]));
}

function wrongEnds({ runs, terms }: Evidence): readonly string[] {
  const isRight = (workflow: string, status: string, value: Value | undefined): boolean => {
    if (workflow === "patient") return status === "cancelled";
    if (status !== "completed" || !Array.isArray(value)) return false;
    return workflow !== "chain" || value.length === terms.effects;
  };
  return runs.flatMap(({ run, status, value, workflow }) =>
    isRight(workflow, status, value) ? [] : [`${run}: ${status} ${value}`],
  );
}

function refusedCalls({ operations }: Evidence): readonly string[] {
  return operations.flatMap(({ client, error, kind, outcome, run }) =>
    outcome === "failed" ? [`${client}: ${kind} of ${run}: ${error}`] : [],
  );
}

function changedResults(evidence: Evidence): readonly string[] {
  const told = new Map<string, string>();
  for (const { run, value } of evidence.runs) if (value !== undefined) told.set(run, `${value}`);
  return acknowledged(evidence, "result").flatMap(({ client, run, value }) => {
    const before = told.get(run);
    const text = `${value}`;
    if (before === undefined) told.set(run, text);
    return before === undefined || before === text ? [] : [`${client}: ${run} ${text}, ${before}`];
  });
}

/** How many effects each run has, by its workflow. */
const effectsOf = (workflow: string, effects: number): number =>
  workflow === "chain" ? effects : workflow === "patient" ? 1 : 0;

function wrongKeys({ executions, runs, terms }: Evidence): readonly string[] {
  const keysOf = grouped(executions, ({ run }) => run);
  return runs.flatMap(({ run, workflow }) => {
    const keys = new Set(keysOf.get(run)?.map(({ key }) => key)).size;
    const due = effectsOf(workflow, terms.effects);
    return keys === due ? [] : [`${run}: ${keys} keys of ${due}`];
  });
}

/** A chain returns what its effects returned. */
function foreignTokens({ executions, runs }: Evidence): readonly string[] {
  const byToken = new Map(executions.map((one) => [one.token, one]));
  return runs.flatMap(({ run, value, workflow }) => {
    if (workflow !== "chain" || !Array.isArray(value)) return [];
    const own = value.map((token) => byToken.get(token)).filter((one) => one?.run === run);
    const keys = new Set(own.map((one) => one?.key));
    return keys.size === value.length ? [] : [`${run}: ${value} are not one of each effect`];
  });
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

function tooManyExecutions({ executions, terms }: Evidence): readonly string[] {
  const extra = executions.length - new Set(executions.map(({ key }) => key)).size;
  const most = terms.disruptions * terms.runsAtOnce;
  return extra <= most ? [] : [`${extra} executions more, at most ${most}`];
}

/** A mailbox returns the ids of the signals that it read, in order. */
function wrongSignals(evidence: Evidence): readonly string[] {
  const sentTo = grouped(
    evidence.operations.filter(({ kind }) => kind === "signal"),
    ({ run }) => run,
  );
  return evidence.runs.flatMap(({ run, value, workflow }) => {
    if (workflow !== "mailbox" || !Array.isArray(value)) return [];
    return signalFaults(sentTo.get(run) ?? [], value).map((fault) => `${run}: ${fault}`);
  });
}

function signalFaults(sent: readonly Operation[], read: readonly string[]): readonly string[] {
  const known = new Set(sent.map(({ id }) => id));
  const acked = [...sent]
    .filter(({ outcome }) => outcome === "ok")
    .sort((a, b) => a.endedMs - b.endedMs);
  const faults = acked.flatMap(({ id = "" }) => (read.includes(id) ? [] : [`${id} is lost`]));
  if (new Set(read).size !== read.length) faults.push(`${read} has one of them twice`);
  for (const id of read) if (!known.has(id)) faults.push(`${id} was never sent`);
  // One was acknowledged before the other was sent for the first time: that is the order.
  const firstSentMs = new Map<string, number>();
  for (const { id = "", invokedMs } of sent) {
    firstSentMs.set(id, Math.min(invokedMs, firstSentMs.get(id) ?? Number.POSITIVE_INFINITY));
  }
  for (const { endedMs, id = "" } of acked) {
    const early = read
      .slice(0, read.indexOf(id))
      .find((other) => (firstSentMs.get(other) ?? 0) > endedMs);
    if (early !== undefined) faults.push(`${early} came before ${id}`);
  }
  return faults;
}

function lostCancels(evidence: Evidence): readonly string[] {
  const statusOf = new Map(evidence.runs.map(({ run, status }) => [run, status]));
  return acknowledged(evidence, "cancel").flatMap(({ run }) =>
    statusOf.get(run) === "cancelled" ? [] : [`${run}: ${statusOf.get(run)}`],
  );
}

/** What was seen of a number that only grows. */
interface Sight {
  readonly invokedMs: number;
  readonly endedMs: number;
  readonly value: number;
}

function staleReads(evidence: Evidence): readonly string[] {
  const reads = grouped(acknowledged(evidence, "read"), ({ run }) => run);
  return [...reads].flatMap(([run, all]) => backwards(run, all.map(sightOf)));
}

/** Absent, begun, ended: -1, 0, 1. What a start or a result told counts as seen. */
function staleLooks(evidence: Evidence): readonly string[] {
  const started = acknowledged(evidence, "start").map((one) => ({ ...one, value: 0 }));
  const ended = acknowledged(evidence, "result").map((one) => ({ ...one, value: 1 }));
  const sights = [...started, ...ended, ...acknowledged(evidence, "look")];
  return [...grouped(sights, ({ run }) => run)].flatMap(([run, all]) =>
    backwards(run, all.map(sightOf)),
  );
}

const sightOf = ({ endedMs, invokedMs, value }: Operation): Sight => ({
  invokedMs,
  endedMs,
  value: typeof value === "number" ? value : LOWEST,
});

const LOWEST = -2;

/** Whoever looks after a look has ended sees no less. */
function backwards(run: string, sights: readonly Sight[]): readonly string[] {
  const byEnd = [...sights].sort((a, b) => a.endedMs - b.endedMs);
  const byStart = [...sights].sort((a, b) => a.invokedMs - b.invokedMs);
  let highest = LOWEST;
  let ended = 0;
  return byStart.flatMap(({ invokedMs, value }) => {
    for (; (byEnd[ended]?.endedMs ?? Number.POSITIVE_INFINITY) < invokedMs; ended++) {
      highest = Math.max(highest, byEnd[ended]?.value ?? LOWEST);
    }
    return value < highest ? [`${run}: ${value} was seen after ${highest}`] : [];
  });
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}
