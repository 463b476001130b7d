// The byte form of batches, the hot part of the log: one tag a record, one for each kind of write.

import { type ByteWriter, MalformedError } from "../../std/bytes.ts";
import { epoch, path, runId } from "../../std/ids.ts";
import type { ParentClose, WriteKind } from "../dsl/effect.ts";
import type { Batch, BatchItem } from "./command.ts";
import {
  readEffect,
  readFailure,
  readOf,
  readOutcome,
  readPosition,
  readValue,
  writeEffect,
  writeFailure,
  writeOf,
  writeOutcome,
  writePosition,
} from "./record-codec.ts";
import { readRest, writeRest } from "./rest.ts";
import { type FrameReader, writeText } from "./wire.ts";

type Finish = Extract<BatchItem, { kind: "finish" }>;

const CHECKPOINT = 0;
const VARIABLE = 1;
const SET = 2;
const OUTCOME = 3;
const ATTEMPT = 4;
const FINISH = 5;
const FINISH_CANCELLED = 6;
const FINISH_CONTINUED = 7;
const PATCHED = 8;
const MARKER = 9;
const HEARTBEAT = 10;
const CHILD = 11;
const REST = 12;
export const PARENT_CLOSES: readonly ParentClose[] = ["cancel", "terminate", "abandon"];

export function writeBatch(writer: ByteWriter, batch: Batch): void {
  writeText(writer, batch.runId).uint(batch.epoch).uint(batch.sequence);
  writePosition(writer, batch.through).uint(batch.items.length);
  for (const item of batch.items) writeItem(writer, item);
}

export function readBatch(reader: FrameReader): Batch {
  return {
    runId: runId(reader.text()),
    epoch: epoch(reader.uint()),
    sequence: reader.uint(),
    through: readPosition(reader),
    items: readList(reader, readItem),
  };
}

/**
 * A count that lies only makes the frame end too early: no room is taken before elements were read.
 */
export function readList<T>(reader: FrameReader, read: (reader: FrameReader) => T): readonly T[] {
  const list: T[] = [];
  for (let left = reader.uint(); left > 0; left--) list.push(read(reader));
  return list;
}

function writeItem(writer: ByteWriter, item: BatchItem): void {
  switch (item.kind) {
    case "write":
      writeText(writeText(writer.u8(tagOf(item.write)), item.path), item.name).bytes(item.value);
      writePosition(writer, item.cursor);
      break;
    case "outcome":
      writeOutcome(writeEffect(writer.u8(OUTCOME), item.effect), item.outcome);
      break;
    case "attempt":
      writeEffect(writer.u8(ATTEMPT), item.effect).uint(item.attempt).uint(wholeMs(item.retryInMs));
      writeFailure(writer, item.failure);
      break;
    case "marker":
      writeText(writer.u8(MARKER), item.path).text(item.nonce);
      break;
    case "heartbeat":
      writeText(writer.u8(HEARTBEAT), item.path).bytes(item.details);
      break;
    case "child":
      writeText(writer.u8(CHILD), item.path).text(item.workflowId);
      writeOf(PARENT_CLOSES, writer, item.parentClose);
      break;
    case "rest":
      writeRest(writer.u8(REST), item);
      break;
    case "finish":
      writeFinish(writer, item);
      break;
  }
}

/** Jitter makes fractions; the log has whole milliseconds, never fewer than were asked for. */
const wholeMs = (ms: number): number => Math.max(0, Math.ceil(ms));

function tagOf(kind: WriteKind): number {
  switch (kind) {
    case "checkpoint":
      return CHECKPOINT;
    case "variable":
      return VARIABLE;
    case "set":
      return SET;
    case "patched":
      return PATCHED;
  }
}

function writeFinish(writer: ByteWriter, { outcome, as }: Finish): void {
  if (as === undefined) writeOutcome(writer.u8(FINISH), outcome);
  else if (as.kind === "cancelled") {
    writeOutcome(writer.u8(FINISH_CANCELLED).text(as.reason), outcome);
  } else {
    writer.u8(FINISH_CONTINUED).bytes(as.input).text(as.inputHash).uint(as.consumed.length);
    for (const id of as.consumed) writer.text(id);
    writeOutcome(writer, outcome);
  }
}

function readItem(reader: FrameReader): BatchItem {
  const tag = reader.u8();
  switch (tag) {
    case CHECKPOINT:
      return readWrite(reader, "checkpoint");
    case VARIABLE:
      return readWrite(reader, "variable");
    case SET:
      return readWrite(reader, "set");
    case OUTCOME:
      return { kind: "outcome", effect: readEffect(reader), outcome: readOutcome(reader) };
    case ATTEMPT: {
      const effect = readEffect(reader);
      const [attempt, retryInMs] = [reader.uint(), reader.uint()];
      return { kind: "attempt", effect, attempt, retryInMs, failure: readFailure(reader) };
    }
    case FINISH:
      return { kind: "finish", outcome: readOutcome(reader) };
    case FINISH_CANCELLED: {
      const reason = reader.text();
      return { kind: "finish", outcome: readOutcome(reader), as: { kind: "cancelled", reason } };
    }
    case FINISH_CONTINUED: {
      const [input, inputHash] = [readValue(reader), reader.text()];
      const consumed = readList(reader, (from) => from.text());
      const as = { kind: "continued", input, inputHash, consumed } as const;
      return { kind: "finish", outcome: readOutcome(reader), as };
    }
    case MARKER:
      return { kind: "marker", path: path(reader.text()), nonce: reader.text() };
    case HEARTBEAT:
      return { kind: "heartbeat", path: path(reader.text()), details: readValue(reader) };
    case CHILD: {
      const [at, workflowId] = [path(reader.text()), reader.text()];
      return { kind: "child", path: at, workflowId, parentClose: readOf(PARENT_CLOSES, reader) };
    }
    case REST:
      return { kind: "rest", ...readRest(reader) };
    case PATCHED:
      return readWrite(reader, "patched");
    default:
      throw new MalformedError(`unknown record ${tag} in a batch`);
  }
}

function readWrite(reader: FrameReader, write: WriteKind): BatchItem {
  return {
    kind: "write",
    path: path(reader.text()),
    write,
    name: reader.text(),
    value: readValue(reader),
    cursor: readPosition(reader),
  };
}
