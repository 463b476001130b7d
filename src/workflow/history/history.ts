// A run as JSON lines: a header, one line for each accepted record in order of position, and, once
// it has ended, its end. `read-history.ts` makes a journal of them again: `advance` needs no more.
// The format is documented in docs/concepts/histories.md; a reader refuses one that it does not
// know.

import { ENGINE_VERSION } from "../../std/version.ts";
import type { Input, WriteRecord } from "../dsl/record.ts";
import type { Run, RunStatus } from "../machine/state.ts";
import { failureForm, valueForm } from "./value-form.ts";

export const HISTORY_FORMAT = 1;
/** A page ends behind the line that passes this, so that each fits one answer over the wire. */
export const HISTORY_PAGE_BYTES: number = 256 * 1024;

export interface HistoryOptions {
  /** Leaves out values, and what errors say: their sizes stand instead. Default false. */
  readonly redact?: boolean;
}

export interface HistoryPage {
  /** Each is one JSON object, without its line end. */
  readonly lines: readonly string[];
  /** Where the next page begins; undefined on the last one. */
  readonly next?: number;
}

/** All lines of a run. */
export function historyOf(run: Run, options: HistoryOptions = {}): readonly string[] {
  return historyPage(run, { ...options, bytesMax: Number.POSITIVE_INFINITY }).lines;
}

/** From record `from` on; the header stands before record 0. */
export function historyPage(
  run: Run,
  how: HistoryOptions & { readonly from?: number; readonly bytesMax?: number },
): HistoryPage {
  const { redact = false, from = 0, bytesMax = HISTORY_PAGE_BYTES } = how;
  const lines: string[] = from === 0 ? [JSON.stringify(header(run, redact))] : [];
  let bytes = 0;
  for (const record of records(run)) {
    if (record.position < from) continue;
    if (bytes > bytesMax) return { lines, next: record.position };
    const line = JSON.stringify(recordForm(record, redact));
    bytes += line.length;
    lines.push(line);
  }
  for (const [path, { failures, last, notBeforeMs }] of run.attempts) {
    const failure = failureForm(last, redact);
    lines.push(JSON.stringify({ kind: "attempts", path, failures, notBeforeMs, failure }));
  }
  const end = endForm(run.status, redact);
  if (end !== undefined) lines.push(JSON.stringify({ kind: "end", atMs: run.endedAtMs, ...end }));
  return { lines };
}

function header(run: Run, isRedacted: boolean): unknown {
  const { id, originId, workflowId, name, version, scheduling, startedAtMs, inputHash } = run;
  return {
    kind: "history",
    format: HISTORY_FORMAT,
    engine: ENGINE_VERSION,
    workflowId,
    runId: id,
    ...(originId === undefined ? {} : { originId }),
    name,
    version,
    scheduling,
    startedAtMs,
    status: run.status.kind,
    isRedacted,
    epoch: run.epoch,
    epochMarks: run.epochMarks,
    through: run.through,
    records: run.next,
    input: valueForm(run.input, isRedacted),
    inputHash,
  };
}

/** Inputs and writes, each in order already, as one sequence. */
function* records(run: Run): Generator<Input | WriteRecord> {
  const writes = run.writes.values();
  let write = writes.next();
  for (const input of run.inputs) {
    while (write.done !== true && write.value.position < input.position) {
      yield write.value;
      write = writes.next();
    }
    yield input;
  }
  while (write.done !== true) {
    yield write.value;
    write = writes.next();
  }
}

function recordForm(record: Input | WriteRecord, isRedacted: boolean): unknown {
  if ("cursor" in record) {
    const { position, kind, path, name, cursor, value } = record;
    return { position, kind, path, name, cursor, value: valueForm(value, isRedacted) };
  }
  const { position, kind, index, atMs } = record;
  const stamp = { position, kind, index, atMs };
  switch (record.kind) {
    case "start":
      return stamp;
    case "cancel":
      return { ...stamp, reason: record.reason };
    case "signal": {
      const { id, name, value } = record;
      return { ...stamp, id, name, value: valueForm(value, isRedacted) };
    }
    case "outcome": {
      const { effect, outcome } = record;
      const what = outcome.ok
        ? { value: valueForm(outcome.value, isRedacted) }
        : { failure: failureForm(outcome.failure, isRedacted) };
      const { path, name, inputHash } = effect;
      return { ...stamp, effect: effect.kind, path, name, inputHash, ...what };
    }
  }
}

function endForm(status: RunStatus, isRedacted: boolean): object | undefined {
  switch (status.kind) {
    case "running":
    case "unassigned":
    case "parked":
      return;
    case "timed-out":
      return { status: status.kind };
    case "completed":
      return { status: status.kind, value: valueForm(status.value, isRedacted) };
    case "failed":
      return { status: status.kind, failure: failureForm(status.failure, isRedacted) };
    case "continued":
      return { status: status.kind, runId: status.runId };
    default:
      return { status: status.kind, reason: status.reason };
  }
}
