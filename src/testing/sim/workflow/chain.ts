// The runs of one workflow id, one after the other, and what goes from each to the next (rules 22,
// 23, 25).

import type { Input } from "../../../workflow/dsl/record.ts";
import type { MachineState, Run } from "../../../workflow/machine/state.ts";
import type { Reference } from "./reference.ts";

export interface Link {
  readonly run: Run;
  readonly reference: Reference;
}

type Violation = (law: string, detail: string) => void;

/** It was ended from outside, wherever it stood: terminated, or begun anew in its middle. */
export function isCut({ runs }: MachineState, { status }: Run): boolean {
  if (status.kind === "terminated") return true;
  return status.kind === "continued" && isReset(runs.get(status.runId));
}

/** Did it begin in the middle of another one? */
export const isReset = (run: Run | undefined): boolean => run?.originId !== undefined;

/** What came is read once, carried over, or overtaken by its run's end. */
export function checkChain(chain: readonly Link[], violation: Violation): void {
  const read = new Set<string>();
  chain.forEach(({ run, reference }, i) => {
    const sent = signalsOf(run.inputs);
    if (new Set(sent).size < sent.length) violation("a signal comes once (25)", run.id);
    const next = chain[i + 1]?.run;
    if (next !== undefined && isReset(next)) {
      checkReset(run, next, violation);
      return;
    }
    for (const id of reference.consumed) {
      if (read.has(id)) violation("a signal is read once (25)", `${run.id} ${id}`);
      read.add(id);
    }
    if (next !== undefined) checkContinued({ run, reference }, next, violation);
  });
}

function checkContinued({ run, reference }: Link, next: Run, violation: Violation): void {
  const carried = signalsOf(run.inputs).filter((id) => !reference.consumed.includes(id));
  if (signalsOf(next.inputs).slice(0, carried.length).join() !== carried.join()) {
    violation("unread signals go over in their order (23)", `${run.id} ${carried}`);
  }
  const isUnfed = run.inputs.some((i) => i.kind === "cancel" && i.position > run.through);
  if (isUnfed && !next.inputs.some(({ kind }) => kind === "cancel")) {
    violation("a cancellation that was not fed goes over (23)", run.id);
  }
}

/** What was before the cut is as it was; of what came after it the signals, in their order. */
function checkReset(run: Run, next: Run, violation: Violation): void {
  const [, begun = "0"] = next.id.split("-");
  const kept = next.inputs.filter(({ index }) => index < Number(begun));
  const before = run.inputs.slice(0, kept.length);
  const inWords = ({ kind, position, index }: Input): string => `${kind} ${position} ${index}`;
  if (kept.map(inWords).join() !== before.map(inWords).join()) {
    violation("a reset keeps what came before its cut (22)", `${next.id} of ${run.id}`);
  }
  const signals = signalsOf(run.inputs);
  if (signalsOf(next.inputs).slice(0, signals.length).join() !== signals.join()) {
    violation("a reset keeps the signals, read or not (22, 25)", `${next.id} of ${run.id}`);
  }
  const last = kept.at(-1)?.position ?? 0;
  for (const { path, position, value } of run.writes.values()) {
    if (position < last && next.writes.get(path)?.value !== value) {
      violation("a reset keeps what came before its cut (22)", `${next.id} of ${run.id}: ${path}`);
    }
  }
}

const signalsOf = (inputs: readonly Input[]): readonly string[] =>
  inputs.flatMap((input) => (input.kind === "signal" ? [input.id] : []));
