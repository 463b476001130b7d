// The byte form of a run in a snapshot. Written are the records and what no record tells;
// variables, settled paths and writes by cursor follow from the records and are rebuilt.

import { type ByteWriter, MalformedError } from "../../std/bytes.ts";
import { epoch, index, type Path, type Position, path, runId } from "../../std/ids.ts";
import type { Input, WriteRecord } from "../dsl/record.ts";
import { PARENT_CLOSES, readList } from "./batch-codec.ts";
import { PARK_REASONS } from "./codec.ts";
import {
  readDivergence,
  readEffect,
  readFailure,
  readOf,
  readOutcome,
  readParent,
  readPosition,
  readProcess,
  readSuspect,
  readValue,
  readWriteKind,
  writeDivergence,
  writeEffect,
  writeFailure,
  writeOf,
  writeOutcome,
  writeParent,
  writePosition,
  writeProcess,
  writeSuspect,
  writeWriteKind,
} from "./record-codec.ts";
import { readRest, writeRest } from "./rest.ts";
import { mapOf, NO_MARKS, NOTHING_ENTERED, noEntries, noIds, put } from "./sparse.ts";
import type { Attempts, ChildLink, Run, RunStatus, Unfitness } from "./state.ts";
import { readTerms, writeTerms } from "./terms.ts";
import { type FrameReader, writeText } from "./wire.ts";

/** The place of a kind is its byte: this list only grows at its end. */
const STATUSES: readonly RunStatus["kind"][] = [
  "running",
  "unassigned",
  "parked",
  "completed",
  "failed",
  "terminated",
  "cancelled",
  "continued",
  "timed-out",
];
const INPUTS: readonly Input["kind"][] = ["start", "outcome", "signal", "cancel"];

export function writeRun(writer: ByteWriter, run: Run): void {
  writer.text(run.id).uint(run.ordinal).text(run.workflowId).text(run.name).uint(run.version);
  writer
    .bytes(run.input)
    .text(run.inputHash)
    .text(run.startHash)
    .uint(run.startedAtMs)
    .u8(run.scheduling)
    // One more, so that 0 says that there is none.
    .uint(run.deadlineMs === undefined ? 0 : run.deadlineMs + 1);
  writer.text(run.originId ?? "");
  writeTerms(writer, run.terms);
  writeStatus(writer, run.status);
  writer.bool(run.endedAtMs !== undefined);
  if (run.endedAtMs !== undefined) writer.uint(run.endedAtMs);
  writer.bool(run.owner !== undefined);
  if (run.owner !== undefined) writeProcess(writer, run.owner);
  writePosition(writer.uint(run.epoch).uint(run.sequence).uint(run.gaps), run.through);
  writePosition(writer, run.next).uint(run.bytes).uint(run.lastIndex);
  writer.uint(run.inputs.length);
  for (const input of run.inputs) writeInput(writer, input);
  writer.uint(run.writes.size);
  for (const write of run.writes.values()) writeWrite(writer, write);
  writer.uint(run.attempts.size);
  for (const [path, attempts] of run.attempts) writeAttempts(writer, path, attempts);
  writer.uint(run.markers.size);
  for (const [path, nonce] of run.markers) writer.text(path).text(nonce);
  writer.uint(run.heartbeats.size);
  for (const [path, details] of run.heartbeats) writer.text(path).bytes(details);
  writer.uint(run.epochMarks.length);
  for (const mark of run.epochMarks) writePosition(writer, mark);
  writer.uint(run.lossMarks.length);
  for (const mark of run.lossMarks) writePosition(writer, mark);
  // Shifted, so that none is told from the Start.
  writer.uint((run.suspectUpTo ?? -1) + 1).uint(run.entered.length);
  for (const { at, suspect } of run.entered) writeSuspect(writer.uint(at), suspect);
  writer.bool(run.rest !== undefined);
  if (run.rest !== undefined) writeRest(writePosition(writer, run.rest.through), run.rest);
  writer.uint(run.unfit.length);
  for (const mark of run.unfit) {
    writeDivergence(writeProcess(writer, mark.member), mark.divergence);
  }
  writeOutside(writer, run);
}

/** What came from outside, and what goes there: parent, children, ids of signals. */
function writeOutside(writer: ByteWriter, run: Run): void {
  writer.bool(run.parent !== undefined);
  if (run.parent !== undefined) writeParent(writer, run.parent);
  writer.uint(run.children.size);
  for (const [path, link] of run.children) {
    writeOf(PARENT_CLOSES, writer.text(path).text(link.workflowId), link.parentClose);
    writer.bool(link.isClosed);
  }
  writer.bool(run.isCancelled).uint(run.grants).uint(run.signalIds.size);
  for (const id of run.signalIds) writer.text(id);
}

/** @throws MalformedError */
export function readRun(reader: FrameReader): Run {
  const run: Run = {
    id: runId(reader.text()),
    ordinal: reader.uint(),
    workflowId: reader.text(),
    name: reader.text(),
    version: reader.uint(),
    input: readValue(reader),
    inputHash: reader.text(),
    startHash: reader.text(),
    startedAtMs: reader.uint(),
    scheduling: readScheduling(reader),
    deadlineMs: readDeadline(reader),
    originId: readOrigin(reader),
    terms: readTerms(reader),
    status: readStatus(reader),
    endedAtMs: reader.bool() ? reader.uint() : undefined,
    owner: reader.bool() ? readProcess(reader) : undefined,
    epoch: epoch(reader.uint()),
    sequence: reader.uint(),
    gaps: reader.uint(),
    through: readPosition(reader),
    next: readPosition(reader),
    bytes: reader.uint(),
    lastIndex: index(reader.uint()),
    inputs: [...readList(reader, readInput)],
    writes: mapOf(readList(reader, readWrite).map((write) => [write.path, write] as const)),
    attempts: mapOf(readList(reader, readAttempts)),
    markers: mapOf(readList(reader, (from) => [path(from.text()), from.text()] as const)),
    heartbeats: mapOf(readList(reader, (from) => [path(from.text()), readValue(from)] as const)),
    epochMarks: readMarks(reader),
    lossMarks: readMarks(reader),
    suspectUpTo: readSome(reader),
    entered: readEntered(reader),
    rest: reader.bool() ? { through: readPosition(reader), ...readRest(reader) } : undefined,
    unfit: readList(reader, readUnfitness),
    parent: reader.bool() ? readParent(reader) : undefined,
    children: mapOf(readList(reader, readChild)),
    isCancelled: reader.bool(),
    grants: reader.uint(),
    signalIds: readIds(reader),
    signals: 0,
    writesByCursor: noEntries(),
    settled: noEntries(),
    variables: noEntries(),
  };
  rebuild(run);
  return run;
}

/** What apply keeps beside the records, as it made it from them. */
export function rebuild(run: Run): void {
  for (const { cursor, kind, name, value } of run.writes.values()) {
    if (kind === "patched") continue;
    run.writesByCursor = put(run.writesByCursor, cursor, (run.writesByCursor.get(cursor) ?? 0) + 1);
    if (kind !== "checkpoint") run.variables = put(run.variables, name, value);
  }
  for (const input of run.inputs) {
    if (input.kind === "signal") run.signals++;
    if (input.kind !== "outcome" || run.settled.has(input.effect.path)) continue;
    run.settled = put(run.settled, input.effect.path, {
      position: input.position,
      outcome: input.outcome,
    });
  }
}

function readIds(reader: FrameReader): ReadonlySet<string> {
  const ids = readList(reader, (from) => from.text());
  return ids.length === 0 ? noIds() : new Set(ids);
}

function readOrigin(reader: FrameReader): Run["originId"] {
  const id = reader.text();
  return id === "" ? undefined : runId(id);
}

function readMarks(reader: FrameReader): readonly Position[] {
  const marks = readList(reader, readPosition);
  return marks.length === 0 ? NO_MARKS : marks;
}

function readEntered(reader: FrameReader): Run["entered"] {
  const entered = readList(reader, (from) => ({
    at: index(from.uint()),
    suspect: readSuspect(from),
  }));
  return entered.length === 0 ? NOTHING_ENTERED : entered;
}

function readDeadline(reader: FrameReader): number | undefined {
  const after = reader.uint();
  return after === 0 ? undefined : after - 1;
}

function readSome(reader: FrameReader): Position | undefined {
  const at = readPosition(reader);
  return at < 0 ? undefined : at;
}

function readScheduling(reader: FrameReader): 1 {
  const version = reader.u8();
  if (version !== 1) throw new MalformedError(`unknown scheduling ${version}`);
  return version;
}

function writeStatus(writer: ByteWriter, status: RunStatus): void {
  writeOf(STATUSES, writer, status.kind);
  switch (status.kind) {
    case "running":
    case "timed-out":
      break;
    case "unassigned":
    case "terminated":
    case "cancelled":
      writer.text(status.reason);
      break;
    case "continued":
      writer.text(status.runId);
      break;
    case "parked":
      writeDivergence(writeOf(PARK_REASONS, writer, status.reason), status.divergence);
      break;
    case "completed":
      writer.bytes(status.value);
      break;
    case "failed":
      writeFailure(writer, status.failure);
      break;
  }
}

function readStatus(reader: FrameReader): RunStatus {
  const kind = readOf(STATUSES, reader);
  switch (kind) {
    case "running":
    case "timed-out":
      return { kind };
    case "unassigned":
    case "terminated":
    case "cancelled":
      return { kind, reason: reader.text() };
    case "continued":
      return { kind, runId: runId(reader.text()) };
    case "parked":
      return { kind, reason: readOf(PARK_REASONS, reader), divergence: readDivergence(reader) };
    case "completed":
      return { kind, value: readValue(reader) };
    case "failed":
      return { kind, failure: readFailure(reader) };
  }
}

function writeInput(writer: ByteWriter, input: Input): void {
  writeOf(INPUTS, writer, input.kind);
  writePosition(writer, input.position).uint(input.index).uint(input.atMs);
  switch (input.kind) {
    case "start":
      break;
    case "outcome":
      writeOutcome(writeEffect(writer, input.effect), input.outcome);
      break;
    case "signal":
      writer.text(input.id).text(input.name).bytes(input.value);
      break;
    case "cancel":
      writer.text(input.reason);
      break;
  }
}

function readInput(reader: FrameReader): Input {
  const kind = readOf(INPUTS, reader);
  const stamp = {
    position: readPosition(reader),
    index: index(reader.uint()),
    atMs: reader.uint(),
  };
  switch (kind) {
    case "start":
      return { ...stamp, kind };
    case "outcome":
      return { ...stamp, kind, effect: readEffect(reader), outcome: readOutcome(reader) };
    case "signal": {
      const [id, name] = [reader.text(), reader.text()];
      return { ...stamp, kind, id, name, value: readValue(reader) };
    }
    case "cancel":
      return { ...stamp, kind, reason: reader.text() };
  }
}

function writeWrite(writer: ByteWriter, write: WriteRecord): void {
  writeText(writeText(writeWriteKind(writer, write.kind), write.path), write.name);
  writePosition(writePosition(writer.bytes(write.value), write.cursor), write.position);
}

function readWrite(reader: FrameReader): WriteRecord {
  return {
    kind: readWriteKind(reader),
    path: path(reader.text()),
    name: reader.text(),
    value: readValue(reader),
    cursor: readPosition(reader),
    position: readPosition(reader),
  };
}

function writeAttempts(writer: ByteWriter, at: Path, attempts: Attempts): void {
  writer.text(at).uint(attempts.failures).uint(attempts.notBeforeMs);
  writePosition(writer, attempts.failedAt);
  writeFailure(writer, attempts.last);
}

function readAttempts(reader: FrameReader): [Path, Attempts] {
  const at = path(reader.text());
  const [failures, notBeforeMs] = [reader.uint(), reader.uint()];
  const failedAt = readPosition(reader);
  return [at, { failures, notBeforeMs, failedAt, last: readFailure(reader) }];
}

function readChild(reader: FrameReader): [Path, ChildLink] {
  const [at, workflowId] = [path(reader.text()), reader.text()];
  const parentClose = readOf(PARENT_CLOSES, reader);
  return [at, { workflowId, parentClose, isClosed: reader.bool() }];
}

function readUnfitness(reader: FrameReader): Unfitness {
  return { member: readProcess(reader), divergence: readDivergence(reader) };
}
