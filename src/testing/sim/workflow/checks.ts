// The law (SEMANTICS, last section), held against what one simulation left behind.

import { TimedOut } from "../../../errors.ts";
import type { RunId } from "../../../std/ids.ts";
import type { AnyWorkflow } from "../../../workflow/dsl/define.ts";
import type { EffectIdentity, Outcome } from "../../../workflow/dsl/record.ts";
import { decodeState, encodeState, stateHash } from "../../../workflow/machine/snapshot.ts";
import type { MachineState, Run } from "../../../workflow/machine/state.ts";
import { createValueCodec } from "../../../workflow/values/codec.ts";
import { checkChain, isCut, type Link } from "./chain.ts";
import { followDirectly } from "./direct-history.ts";
import { ONCE } from "./leaves.ts";
import { isTame } from "./program.ts";
import { type Reference, replay } from "./reference.ts";
import { endInWords, scriptedEnd, toldEnd } from "./scripted.ts";
import type { Witness } from "./witness.ts";

const codec = createValueCodec();

/** One time that an effect body ran. */
export interface Execution {
  /** The life of its process. */
  readonly process: number;
  readonly runId: string;
  readonly key: string;
  readonly epoch: number;
  readonly attempt: number;
  readonly isRecovery: boolean;
  readonly signal: AbortSignal;
  /** Details of the last heartbeat before it: the number of its attempt. */
  readonly lastHeartbeat: unknown;
  /** What it ended with; undefined while it runs. */
  gave: number | undefined;
  hasFailed: boolean;
}

export interface Evidence {
  readonly witness: Witness;
  readonly states: readonly MachineState[];
  readonly executions: readonly Execution[];
  /** The idempotency key of an effect. */
  keyOf(run: Run, effect: EffectIdentity): string;
  readonly workflows: ReadonlyMap<string, AnyWorkflow>;
  /** No process was lost, suspected or doubled, and none gave up a generator. */
  readonly isFaultFree: boolean;
  readonly mark: (what: string) => void;
  readonly seed: number;
  readonly violation: (law: string, detail: string) => void;
}

export function check(evidence: Evidence): void {
  checkStates(evidence);
  const byRun = new Map<string, Execution[]>();
  for (const execution of evidence.executions) {
    const list = byRun.get(execution.runId) ?? [];
    list.push(execution);
    byRun.set(execution.runId, list);
  }
  const chains = new Map<string, Link[]>();
  const kinds = new Set<string>();
  for (const run of evidence.witness.state.runs.values()) {
    checkDirectly(evidence, run, kinds);
    const reference = checkRun(evidence, run, byRun.get(run.id) ?? []);
    const chain = chains.get(run.workflowId) ?? [];
    chains.set(run.workflowId, chain);
    if (reference !== undefined) chain.push({ run, reference });
  }
  for (const kind of kinds) evidence.mark(`effect ${kind}`);
  for (const chain of chains.values()) {
    checkChain(chain, evidence.violation);
    checkTame(evidence, chain);
  }
  checkChildren(evidence);
}

/** How many orders of what comes first are tried. */
const ORDERS = 3;

/** The outcome of a tame run is its program's, whatever befell the group. */
function checkTame(evidence: Evidence, chain: readonly Link[]): void {
  const { mark, seed, violation, workflows } = evidence;
  const [first, last] = [chain[0]?.run, chain.at(-1)?.run];
  if (first === undefined || last === undefined) return;
  const workflow = workflows.get(first.name);
  // A child may be closed by its parent.
  if (workflow === undefined || !isTame(first.name) || first.parent !== undefined) return;
  const told = toldEnd(last.status);
  mark(`tame run ${last.status.kind}`);
  for (let order = 0; order < ORDERS; order++) {
    const options = { workflows, order: seed * ORDERS + order };
    const expected = scriptedEnd(workflow, codec.decode(first.input), options);
    if (told === expected) continue;
    const detail = `${first.id}: ${told}, by itself ${expected}`;
    violation("the outcome of a tame program is the same with and without faults", detail);
  }
}

/** What the rules give for the accepted inputs, said by another interpreter than the engine's. */
function checkDirectly(
  { violation, witness, workflows }: Evidence,
  run: Run,
  kinds: Set<string>,
): void {
  const workflow = workflows.get(run.name);
  if (workflow === undefined) return;
  const wasCut = isCut(witness.state, run);
  const followed = followDirectly(run, workflow, wasCut);
  const { end, trouble } = followed;
  for (const kind of followed.kinds) kinds.add(kind);
  const differs = (detail: string): void =>
    violation("two interpreters read a history alike", `${run.id}: ${detail}`);
  if (trouble !== undefined) differs(trouble);
  if (wasCut) return;
  const recorded = toldEnd(run.status);
  const direct = end === undefined ? "no end" : endInWords(end);
  if (direct !== recorded) differs(`${direct}, recorded ${recorded}`);
}

/** The parent's group knows a child before it begins, and each effect starts one (rule 24). */
function checkChildren({ witness, violation }: Evidence): void {
  const { runs } = witness.state;
  const started = new Set<string>();
  for (const run of runs.values()) {
    if (run.parent === undefined) continue;
    const link = runs.get(run.parent.runId)?.children.get(run.parent.path);
    if (link?.workflowId !== run.workflowId) {
      violation("a child is known before it is started (24)", run.id);
    }
    if (run.status.kind === "continued") continue;
    const key = `${run.parent.runId} ${run.parent.path}`;
    if (started.has(key)) violation("an effect starts one child (24, 25)", run.id);
    started.add(key);
  }
}

function checkStates({ witness, states, violation }: Evidence): void {
  const expected = stateHash(witness.state);
  for (const state of states) {
    if (stateHash(state) !== expected) violation("equal logs give equal states", "at the end");
  }
  if (stateHash(decodeState(encodeState(witness.state))) !== expected) {
    violation("a state survives its byte form", "at the end");
  }
}

/** Undefined: what its history says cannot be told. */
function checkRun(
  evidence: Evidence,
  run: Run,
  executions: readonly Execution[],
): Reference | undefined {
  const { violation, workflows } = evidence;
  const workflow = workflows.get(run.name);
  if (workflow === undefined) return;
  const reference = replay(run, workflow);
  // Its body was not asked: it is where it was.
  const isUnasked =
    isCut(evidence.witness.state, run) && !reference.trouble?.startsWith("diverged");
  if (reference.trouble !== undefined && !isUnasked) {
    violation("a replay of the accepted history comes to its end", reference.trouble);
    return;
  }
  if (!isUnasked && !isRecordedAs(run, reference)) {
    violation("a replay gives the outcome that was recorded", `run ${run.id}`);
  }
  checkVariables(evidence, run);
  const effects = new Map(reference.registered.map((e) => [evidence.keyOf(run, e), e]));
  for (const execution of executions) {
    if (!effects.has(execution.key)) {
      violation("nothing acts on a state that could be refused (10)", execution.key);
    }
    if (evidence.witness.ownerAt(run.id, execution.epoch) !== execution.process) {
      violation("only the owner of the epoch acts (15)", `${run.id} epoch ${execution.epoch}`);
    }
  }
  checkAttempts(evidence, { run, effects }, executions);
  return reference;
}

const isRecordedAs = (run: Run, reference: Reference): boolean =>
  reference.outcome !== undefined && isRecorded(run, reference, reference.outcome);

function isRecorded({ status }: Run, { as }: Reference, outcome: Outcome): boolean {
  if (as !== undefined) return status.kind === as.kind;
  if (status.kind === "completed") {
    return (
      outcome.ok &&
      codec.hash(codec.decode(status.value)) === codec.hash(codec.decode(outcome.value))
    );
  }
  if (status.kind !== "failed" || outcome.ok) return false;
  const { name, message } = outcome.failure;
  return status.failure.name === name && status.failure.message === message;
}

/** What any node answers for a variable is what the body saw last. */
function checkVariables({ violation }: Evidence, run: Run): void {
  if (run.status.kind !== "completed") return;
  const result = codec.decode(run.status.value);
  if (!isResult(result)) return;
  const seen = result.variables;
  const recorded = ["v0", "v1"].map((name) => {
    const value = run.variables.get(name);
    return value === undefined ? undefined : codec.decode(value);
  });
  if (JSON.stringify(seen) !== JSON.stringify(recorded)) {
    violation("variables are what the body set last", `${seen} and ${recorded}`);
  }
}

const isResult = (value: unknown): value is { readonly variables: readonly unknown[] } =>
  typeof value === "object" &&
  value !== null &&
  "variables" in value &&
  Array.isArray(value.variables);

function checkAttempts(
  evidence: Evidence,
  { run, effects }: { readonly run: Run; readonly effects: ReadonlyMap<string, EffectIdentity> },
  executions: readonly Execution[],
): void {
  const byKey = new Map<string, Execution[]>();
  for (const execution of executions) {
    const list = byKey.get(execution.key) ?? [];
    list.push(execution);
    byKey.set(execution.key, list);
  }
  const outcomes = new Map<string, Outcome>();
  for (const input of run.inputs) {
    if (input.kind === "outcome") outcomes.set(input.effect.path, input.outcome);
  }
  for (const [key, list] of byKey) {
    checkOneEffect(evidence, run.id, key, list);
    const effect = effects.get(key);
    const failures = list.filter(isFailure).length;
    if (effect?.name.startsWith(ONCE) === true && list.length > 1 + failures) {
      evidence.violation("an attempt runs at most once (12)", `${run.id} ${key}: ${list.length}`);
    }
    const outcome = outcomes.get(effect?.path ?? "");
    if (outcome?.ok === true) {
      const value = codec.decode(outcome.value);
      if (!list.some(({ gave }) => gave === value)) {
        evidence.violation("a result is what a body gave", `${key}: ${String(value)}`);
      }
    }
  }
}

function checkOneEffect(
  { violation, witness, isFaultFree }: Evidence,
  runId: RunId,
  key: string,
  list: readonly Execution[],
): void {
  // By epoch first: an owner that does not know yet that it was replaced may act late.
  const ordered = [...list].sort((a, b) => a.epoch - b.epoch);
  let attempt = 0;
  for (const execution of ordered) {
    if (execution.attempt <= attempt) {
      violation(
        "attempts only grow (13)",
        `${runId} ${key}: ${execution.attempt} after ${attempt}`,
      );
    }
    attempt = execution.attempt;
    const { lastHeartbeat } = execution;
    if (lastHeartbeat !== undefined && !(Number(lastHeartbeat) < attempt)) {
      const detail = `${key}: ${String(lastHeartbeat)} in ${attempt}`;
      violation("a heartbeat's details go to a later attempt", detail);
    }
  }
  const failures = list.filter(isFailure).length;
  const epochs = new Set(list.map(({ epoch }) => epoch)).size;
  if (list.length > 1 + failures + (epochs - 1)) {
    violation("one body per attempt (13, 14)", `${runId} ${key}: ${list.length} executions`);
  }
  if (isFaultFree && list.length > 1 + failures) {
    violation("without faults a body runs once", `${runId} ${key}: ${list.length} executions`);
  }
  if (isFaultFree && list.some(({ isRecovery }) => isRecovery)) {
    violation("without faults nothing is a recovery (13)", `${runId} ${key}`);
  }
  if (witness.epochsOf(runId) < epochs) violation("an epoch is in the log", `${runId} ${key}`);
}

/** Its time was up, or it threw. */
export const isFailure = ({ hasFailed, signal }: Execution): boolean =>
  hasFailed || (signal.aborted && signal.reason instanceof TimedOut);
