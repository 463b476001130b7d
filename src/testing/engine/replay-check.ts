// After every entry each run that it touched is replayed by a fresh body. It must do what the
// history has, and wait where the owner's body waits: else the workflow is not deterministic.

import { locate } from "../../node/ports-locate.ts";
import { BEFORE_START } from "../../std/ids.ts";
import type { AnyWorkflow } from "../../workflow/dsl/define.ts";
import type { Outcome } from "../../workflow/dsl/record.ts";
import type { ValueCodec } from "../../workflow/dsl/value-codec.ts";
import { type Barrier, Body } from "../../workflow/interpreter/body.ts";
import { words } from "../../workflow/interpreter/divergence.ts";
import type { Journal } from "../../workflow/interpreter/journal.ts";
import type { Run } from "../../workflow/machine/state.ts";
import { nextInput } from "../../workflow/runner/finish.ts";
import { Described, errorText, type Mismatch, shown } from "../report.ts";

export interface Replayable {
  readonly run: Run;
  readonly workflow: AnyWorkflow;
  readonly codec: ValueCodec;
  /** The owner's, if it is in memory. */
  readonly live: Body | undefined;
  /** What the run goes on with, if it was continued. */
  readonly next: Run | undefined;
}

/** Effects and resumptions of one stretch: more is a loop without a wait. */
const STRETCH_FUEL = 1_000_000;

/** What the workflow did otherwise; undefined: nothing. */
export function replayCheck(of: Replayable): Mismatch | undefined {
  const { run, workflow, codec, live } = of;
  const again = new Body({ run: (input) => workflow.run(input), journal: run, codec, locate });
  const advance = again.advance("replay", STRETCH_FUEL);
  if (advance.kind === "diverged") {
    const { path, recorded, actual, reason, source } = advance.divergence;
    return { ...differs(path, [recorded, actual], reason), source };
  }
  if (again.mismatches > 0) return otherWrite(of);
  const end = recordedEnd(of);
  if (end !== undefined) return otherEnd(end, again, of);
  const isSamePlace = live?.isAtRest === true && again.isAtRest && live.cursor === again.cursor;
  return isSamePlace && live.finished === undefined ? otherWait(live, again) : undefined;
}

/** The first write that a body would make otherwise, without the history to tell it. */
function otherWrite({ run, workflow, codec }: Replayable): Mismatch | undefined {
  const marks = [...run.writes].filter(([, { kind }]) => kind === "patched");
  const journal: Journal = {
    ...run,
    through: BEFORE_START,
    writes: new Map(marks),
    writesByCursor: new Map(),
  };
  const body = new Body({ run: (input) => workflow.run(input), journal, codec });
  body.advance("owner", STRETCH_FUEL);
  for (const { path, value } of body.takeWrites()) {
    const record = run.writes.get(path);
    if (record === undefined || isSameBytes(codec.open(record.value), value)) continue;
    const text = (bytes: Uint8Array): string => `${words(record)} = ${shown(codec.decode(bytes))}`;
    return differs(path, [text(record.value), text(value)], "it wrote another value");
  }
  return;
}

/** How the history says that its own body ended; undefined: it did not, or not by itself. */
function recordedEnd({ run: { status }, next, codec }: Replayable): string | undefined {
  switch (status.kind) {
    case "completed":
      return outcomeText({ ok: true, value: status.value }, codec);
    case "failed":
      return outcomeText({ ok: false, failure: status.failure }, codec);
    case "cancelled":
      return `its cancellation: ${status.reason}`;
    case "continued":
      return next && `its next run, with ${shown(codec.decode(next.input))}`;
    default:
      return;
  }
}

function otherEnd(recorded: string, again: Body, of: Replayable): Mismatch | undefined {
  const actual = bodyEnd(again, of) ?? waitText([...again.barriers.values()][0]);
  return actual === recorded ? undefined : differs("", [recorded, actual], "it ended otherwise");
}

function bodyEnd(
  { finished, finishedAs }: Body,
  { codec, workflow }: Replayable,
): string | undefined {
  if (finishedAs?.kind === "cancelled") return `its cancellation: ${finishedAs.reason}`;
  if (finishedAs?.kind === "continued") {
    const next = nextInput(finishedAs.input, workflow, codec);
    return next.ok
      ? `its next run, with ${shown(codec.decode(next.value))}`
      : outcomeText(next, codec);
  }
  return finished && outcomeText(finished, codec);
}

const outcomeText = (outcome: Outcome, codec: ValueCodec): string =>
  outcome.ok
    ? `its end, with ${shown(codec.decode(outcome.value))}`
    : `its failure, by ${errorText(codec.decodeError(outcome.failure))}`;

function otherWait(live: Body, again: Body): Mismatch | undefined {
  const [before, after] = [live, again].map(({ barriers }) => [...barriers.values()]);
  const count = Math.max(before?.length ?? 0, after?.length ?? 0);
  for (let i = 0; i < count; i++) {
    const [a, b] = [before?.[i], after?.[i]];
    if (a !== undefined && b !== undefined && isSameWait(a, b)) continue;
    const path = a?.effect.path ?? b?.effect.path ?? "";
    const how = "it waits for something else";
    return { ...differs(path, [waitText(a), waitText(b)], how), source: again.sourceOf(path) };
  }
  return;
}

function isSameWait({ effect: a }: Barrier, { effect: b }: Barrier): boolean {
  return a.path === b.path && a.kind === b.kind && a.name === b.name && a.inputHash === b.inputHash;
}

/** What a body waits at, with its input: `step charge({ cents: 5 })`. */
export function waitText(barrier: Barrier | undefined): string {
  if (barrier === undefined) return "nothing";
  const { call, effect } = barrier;
  if (effect.kind === "step") return `${words(effect)}(${shown(call?.input)})`;
  if (effect.kind === "sleep") {
    const { inputHash } = effect;
    return inputHash.startsWith("until ")
      ? `sleep ${untilText(inputHash)}`
      : `sleep of ${inputHash} ms`;
  }
  return words(effect);
}

const untilText = (inputHash: string): string =>
  `until ${new Date(Number(inputHash.slice("until ".length))).toISOString()}`;

const differs = (
  path: string,
  [recorded, actual]: readonly [string, string],
  how: string,
): Mismatch => ({
  message: `the workflow is not deterministic: replayed${path === "" ? "" : ` to ${path}`}, ${how}`,
  expected: new Described(recorded),
  actual: new Described(actual),
});

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
