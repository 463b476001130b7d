// A run as text, line by line: the same lines on every machine, fit for a snapshot.

import type { Input, Outcome, WriteRecord } from "../../workflow/dsl/record.ts";
import type { ValueCodec } from "../../workflow/dsl/value-codec.ts";
import type { Barrier } from "../../workflow/interpreter/body.ts";
import { words } from "../../workflow/interpreter/divergence.ts";
import type { Run } from "../../workflow/machine/state.ts";
import { errorText, shown } from "../report.ts";
import type { EffectCall } from "./effect-bodies.ts";
import { waitText } from "./replay-check.ts";

export interface TimelineParts {
  readonly run: Run;
  readonly codec: ValueCodec;
  /** All attempts of this run's effects. */
  readonly calls: readonly EffectCall[];
  /** What it waits at. */
  readonly waits: readonly Barrier[];
}

/** A header, a line for each record, and how it ended or what it waits at. */
export function timeline(parts: TimelineParts): readonly string[] {
  const { run, waits, codec } = parts;
  const lines = [`${run.name}@${run.version} ${run.workflowId}`];
  lines.push(line(0, "", `started with ${shown(codec.decode(run.input))}`));
  let atMs = run.startedAtMs;
  for (const record of recordsOf(run)) {
    if ("atMs" in record) ({ atMs } = record);
    const text = "cursor" in record ? writeText(record, codec) : inputText(record, parts);
    if (text === undefined) continue;
    lines.push(...attemptLines(record, parts.calls));
    lines.push(line(atMs - run.startedAtMs, pathOf(record), text));
  }
  for (const barrier of waits) lines.push(line(undefined, barrier.effect.path, ask(barrier)));
  lines.push(line(passedMs(run), "", endText(run, codec)));
  return lines;
}

const ask = (barrier: Barrier): string => `waits for ${waitText(barrier)}`;

const passedMs = ({ endedAtMs, startedAtMs }: Run): number | undefined =>
  endedAtMs === undefined ? undefined : endedAtMs - startedAtMs;

function line(passed: number | undefined, path: string, text: string): string {
  const at = passed === undefined ? "" : `+${timeText(passed)}`;
  return `  ${at.padEnd(10)} ${path.padEnd(12)} ${text}`.trimEnd();
}

/** `1d 2h`, `250ms`: exact, with the units that are not zero. */
export function timeText(ms: number): string {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1_000],
    ["ms", 1],
  ] as const;
  let left = ms;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.length === 0 ? "0" : parts.join(" ");
}

const recordsOf = ({ inputs, writes }: Run): readonly (Input | WriteRecord)[] =>
  [...inputs, ...writes.values()].sort((a, b) => a.position - b.position);

function pathOf(record: Input | WriteRecord): string {
  if ("cursor" in record) return record.kind === "patched" ? "" : record.path;
  return record.kind === "outcome" ? record.effect.path : "";
}

const writeText = (record: WriteRecord, codec: ValueCodec): string =>
  record.kind === "patched"
    ? words(record)
    : `${words(record)} = ${shown(codec.decode(record.value))}`;

/** Undefined for the start, which the header says. */
function inputText(input: Input, { codec, calls }: TimelineParts): string | undefined {
  switch (input.kind) {
    case "start":
      return;
    case "cancel":
      return `cancelled: ${input.reason}`;
    case "signal":
      return `signal ${input.name} ${shown(codec.decode(input.value))}`;
    default: {
      const { effect, outcome } = input;
      const attempts = calls.filter(({ path }) => path === effect.path);
      const asked = effect.kind === "step" ? `(${shown(attempts.at(0)?.input)})` : "";
      return `${words(effect)}${asked}${outcomeText(outcome, codec)}`;
    }
  }
}

/** Attempts before the last one, each on a line. */
function attemptLines(
  record: Input | WriteRecord,
  calls: readonly EffectCall[],
): readonly string[] {
  const path = pathOf(record);
  const attempts = path === "" ? [] : calls.filter((call) => call.path === path);
  return attempts.slice(0, -1).map(({ attempt, outcome }) => {
    const { message, name } = outcome?.ok === false ? outcome.error : GIVEN_UP;
    return `${" ".repeat(ATTEMPT_INDENT)}attempt ${attempt} ✗ ${name}: ${message}`;
  });
}

/** What it gave was never recorded: its time passed, or its process went. */
const GIVEN_UP = { name: "given up", message: "nobody heard of its end" };
const ATTEMPT_INDENT = 28;

function outcomeText(outcome: Outcome, codec: ValueCodec): string {
  if (!outcome.ok) return ` ✗ ${errorText(codec.decodeError(outcome.failure))}`;
  const value = codec.decode(outcome.value);
  return value === undefined ? "" : ` → ${shown(value)}`;
}

function endText({ status }: Run, codec: ValueCodec): string {
  switch (status.kind) {
    case "completed":
      return `completed with ${shown(codec.decode(status.value))}`;
    case "failed":
      return `failed by ${errorText(codec.decodeError(status.failure))}`;
    case "cancelled":
    case "terminated":
      return `${status.kind}: ${status.reason}`;
    case "parked":
      return `parked: ${status.reason}`;
    default:
      return status.kind;
  }
}
