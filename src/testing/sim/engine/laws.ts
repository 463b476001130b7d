// What must be true of the world and the group's log when all is over.

import { hashOf } from "../../../node/ports.ts";
import type { AnyWorkflow } from "../../../workflow/dsl/define.ts";
import type { EffectIdentity } from "../../../workflow/dsl/record.ts";
import { isTerminal, type MachineState, type Run } from "../../../workflow/machine/state.ts";
import { createValueCodec } from "../../../workflow/values/codec.ts";
import { check, isFailure } from "../workflow/checks.ts";
import type { Started } from "./clients.ts";
import type { Call, KeyedWorld } from "./keyed-world.ts";
import type { Observer } from "./observer.ts";
import { steady } from "./programs.ts";

const codec = createValueCodec();
/** Effects with a body. */
const CALLS: ReadonlySet<string> = new Set(["compute", "step"]);

export interface EngineEvidence {
  readonly observer: Observer;
  readonly outside: KeyedWorld;
  /** Of every member. */
  readonly states: readonly MachineState[];
  readonly started: readonly Started[];
  readonly workflows: readonly AnyWorkflow[];
  readonly isControl: boolean;
  /**
   * At most so many times an owner was lost; undefined where more than what was injected may have
   * looked like it: a lossy network, a slow disk.
   */
  readonly ownersLost: number | undefined;
  readonly mark: (what: string) => void;
  readonly seed: number;
  readonly violation: (law: string, detail: string) => void;
}

export function checkEngine(evidence: EngineEvidence): void {
  const { isControl, mark, observer, outside, seed, states, violation, workflows } = evidence;
  const clusterUuid = observer.machine.topology.clusterUuid ?? "";
  const keyOf = (run: Run, effect: EffectIdentity): string =>
    hashOf([clusterUuid, run.workflowId, run.id, effect.path, effect.kind, effect.name]);
  check({
    witness: observer.witness,
    states,
    executions: outside.executions,
    keyOf,
    workflows: new Map(workflows.map((workflow) => [workflow.name, workflow])),
    mark,
    seed,
    isFaultFree: isControl,
    violation,
  });
  for (const run of observer.machine.workflows.runs.values()) checkEffects(evidence, run, keyOf);
  checkStarts(evidence);
  checkOwners(evidence);
}

function checkEffects(
  evidence: EngineEvidence,
  run: Run,
  keyOf: (run: Run, effect: EffectIdentity) => string,
): void {
  const { outside, violation } = evidence;
  const executed = new Set(outside.executions.map(({ key }) => key));
  const committed = new Map<string, unknown>();
  for (const input of run.inputs) {
    if (input.kind !== "outcome" || !CALLS.has(input.effect.kind)) continue;
    const key = keyOf(run, input.effect);
    if (committed.has(key)) violation("an effect has one committed result at most", key);
    const { outcome } = input;
    committed.set(key, outcome.ok ? codec.decode(outcome.value) : undefined);
    // Of an effect that runs at most once a failure may be all that is known.
    if (outcome.ok && !executed.has(key))
      violation("what was committed was executed", `${run.id} ${key}`);
    if (outcome.ok && outside.applied.get(key) !== committed.get(key)) {
      violation("what was committed is what the world did", `${run.id} ${key}`);
    }
  }
  if (run.name === steady.name) checkSteady(evidence, run, committed.size);
}

/** It tries each effect until it succeeds, and waits for it: nothing is done in vain. */
function checkSteady({ outside, violation }: EngineEvidence, run: Run, committed: number): void {
  const applied = outside.executions.filter((call) => isApplied(call, run, outside));
  const unique = new Set(applied.map(({ key }) => key));
  if (unique.size === committed) return;
  const detail = `${run.id}: ${unique.size} applied, ${committed} committed`;
  violation("the world did each committed effect once, and no other", detail);
}

const isApplied = (call: Call, run: Run, outside: KeyedWorld): boolean =>
  call.runId === run.id && outside.applied.has(call.key);

/** On every member, with the end that was told. */
function checkStarts({ started, states, violation }: EngineEvidence): void {
  for (const state of states) {
    for (const { end, id, isAcknowledged } of started) {
      const runId = state.byWorkflowId.get(id);
      const run = runId === undefined ? undefined : state.runs.get(runId);
      if (run === undefined && isAcknowledged) {
        violation("an acknowledged start is never lost", `${id}, at the end`);
      }
      if (run !== undefined && end !== undefined && !isEnd(run, end)) {
        violation("an end that was told is on every member", `${id}: ${end}`);
      }
    }
  }
}

function isEnd({ status }: Run, end: string): boolean {
  if (status.kind === "completed") return JSON.stringify(codec.decode(status.value)) === end;
  if (status.kind === "cancelled") return end.includes(status.reason);
  return status.kind === "failed" && end.includes(status.failure.message);
}

/** Runs change hands for a reason, and effects run again for no other. */
function checkOwners({ observer, ownersLost, outside, violation }: EngineEvidence): void {
  if (ownersLost === undefined) return;
  for (const { id } of observer.machine.workflows.runs.values()) {
    const changes = observer.witness.epochsOf(id) - 1;
    // Declared dead, and announced again.
    if (changes > 2 * ownersLost) {
      violation("a run changes hands for a reason", `${id}: ${changes} times for ${ownersLost}`);
    }
    const calls = outside.executions.filter(({ runId }) => runId === id);
    const failed = calls.filter(isFailure).length;
    const effects = new Set(calls.map(({ key }) => key)).size;
    const again = calls.length - failed - effects;
    // Each change of hands repeats at most what was under way: no run has more branches at once.
    if (again > changes * effects) {
      violation("an effect runs again for a lost owner only", `${id}: ${again} times`);
    }
  }
}

/** Parked is no end, but a named reason to wait; what lost its owners is taken up again. */
export const isSettled = ({ status }: Run): boolean =>
  isTerminal(status) || (status.kind === "parked" && status.reason !== "poisoned");
