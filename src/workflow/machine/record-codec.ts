// Byte forms of what records are made of: outcomes, failures, identities, divergences. Shared by
// commands and snapshots. What a reader gives owns its bytes: state must not hold a whole log entry
// for one value in it.

import { type ByteWriter, MalformedError } from "../../std/bytes.ts";
import { nodeId, type Position, path, position, runId } from "../../std/ids.ts";
import type { LeafKind, WriteKind } from "../dsl/effect.ts";
import type { Failure } from "../dsl/failure.ts";
import type { Divergence, EffectIdentity, Outcome, ProcessId, Value } from "../dsl/record.ts";
import type { ChildOf, Suspect } from "./command.ts";
import { type FrameReader, writeText } from "./wire.ts";

/** Failures nested by `cause`: what lies deeper is not written, and malformed when read. */
export const FAILURE_DEPTH_MAX = 16;

const LEAVES: readonly LeafKind[] = ["compute", "step", "sleep", "receive", "child", "childEnd"];
const WRITES: readonly WriteKind[] = ["checkpoint", "variable", "set", "patched"];

/** The place of a kind in its list is its byte, so these lists only grow at their end. */
export function readOf<T>(kinds: readonly T[], reader: FrameReader): T {
  const byte = reader.u8();
  const kind = kinds[byte];
  if (kind === undefined) throw new MalformedError(`unknown kind ${byte}`);
  return kind;
}

export const writeOf = <T>(kinds: readonly T[], writer: ByteWriter, kind: T): ByteWriter =>
  writer.u8(kinds.indexOf(kind));

export const readWriteKind = (reader: FrameReader): WriteKind => readOf(WRITES, reader);
export const writeWriteKind = (writer: ByteWriter, kind: WriteKind): ByteWriter =>
  writeOf(WRITES, writer, kind);

const SUSPECTS: readonly Suspect["kind"][] = ["inputs", "body"];

export function writeSuspect(writer: ByteWriter, suspect: Suspect): void {
  writeOf(SUSPECTS, writer, suspect.kind);
  if (suspect.kind === "inputs") writePosition(writer, suspect.upTo);
  else writer.text(suspect.path).text(suspect.title).uint(suspect.losses);
}

export function readSuspect(reader: FrameReader): Suspect {
  const kind = readOf(SUSPECTS, reader);
  if (kind === "inputs") return { kind, upTo: readPosition(reader) };
  return { kind, path: path(reader.text()), title: reader.text(), losses: reader.uint() };
}

export const readValue = (reader: FrameReader): Value => reader.value();

/** Positions begin at -1, "before the Start". */
export const readPosition = (reader: FrameReader): Position => position(reader.uint() - 1);
export const writePosition = (writer: ByteWriter, at: Position): ByteWriter => writer.uint(at + 1);

export const readProcess = (reader: FrameReader): ProcessId => ({
  node: nodeId(reader.uint()),
  incarnation: reader.uint(),
});
export const writeProcess = (writer: ByteWriter, process: ProcessId): ByteWriter =>
  writer.uint(process.node).uint(process.incarnation);

export function writeEffect(writer: ByteWriter, effect: EffectIdentity): ByteWriter {
  writeText(writeOf(LEAVES, writer, effect.kind), effect.path);
  return writeText(writeText(writer, effect.name), effect.inputHash);
}

export function readEffect(reader: FrameReader): EffectIdentity {
  const kind = readOf(LEAVES, reader);
  return { kind, path: path(reader.text()), name: reader.text(), inputHash: reader.text() };
}

export function writeOutcome(writer: ByteWriter, outcome: Outcome): ByteWriter {
  writer.bool(outcome.ok);
  return outcome.ok ? writer.bytes(outcome.value) : writeFailure(writer, outcome.failure);
}

export function readOutcome(reader: FrameReader): Outcome {
  return reader.bool()
    ? { ok: true, value: readValue(reader) }
    : { ok: false, failure: readFailure(reader) };
}

const STACK = 1;
const CAUSE_FAILURE = 2;
const CAUSE_VALUE = 4;
const DATA = 8;
const FINAL = 16;
const NOT_FINAL = 32;
const ALL = 63;

export function writeFailure(writer: ByteWriter, failure: Failure, depth = 1): ByteWriter {
  const { name, message, stack, cause, data, isFinal } = failure;
  const isTooDeep = depth >= FAILURE_DEPTH_MAX && cause !== undefined && !("value" in cause);
  const kept = isTooDeep ? undefined : cause;
  let flags = 0;
  if (stack !== undefined) flags |= STACK;
  if (kept !== undefined) flags |= "value" in kept ? CAUSE_VALUE : CAUSE_FAILURE;
  if (data !== undefined) flags |= DATA;
  if (isFinal !== undefined) flags |= isFinal ? FINAL : NOT_FINAL;
  writer.u8(flags).text(name).text(message);
  if (stack !== undefined) writer.text(stack);
  if (data !== undefined) writer.bytes(data);
  if (kept === undefined) return writer;
  return "value" in kept ? writer.bytes(kept.value) : writeFailure(writer, kept, depth + 1);
}

export function readFailure(reader: FrameReader, depth = 1): Failure {
  if (depth > FAILURE_DEPTH_MAX) throw new MalformedError("a failure nested too deep");
  const flags = reader.u8();
  const both = (a: number, b: number): boolean => (flags & a) !== 0 && (flags & b) !== 0;
  if (flags > ALL || both(CAUSE_FAILURE, CAUSE_VALUE) || both(FINAL, NOT_FINAL)) {
    throw new MalformedError(`unknown flags of a failure: ${flags}`);
  }
  const has = (flag: number): boolean => (flags & flag) !== 0;
  return {
    name: reader.text(),
    message: reader.text(),
    ...(has(STACK) ? { stack: reader.text() } : {}),
    ...(has(DATA) ? { data: readValue(reader) } : {}),
    ...(has(CAUSE_FAILURE) ? { cause: readFailure(reader, depth + 1) } : {}),
    ...(has(CAUSE_VALUE) ? { cause: { value: readValue(reader) } } : {}),
    ...(has(FINAL) ? { isFinal: true } : {}),
    ...(has(NOT_FINAL) ? { isFinal: false } : {}),
  };
}

export const writeParent = (writer: ByteWriter, { runId, path }: ChildOf): ByteWriter =>
  writer.text(runId).text(path);
export const readParent = (reader: FrameReader): ChildOf => ({
  runId: runId(reader.text()),
  path: path(reader.text()),
});

export function writeDivergence(writer: ByteWriter, divergence: Divergence): ByteWriter {
  const { path, recorded, actual, reason, source } = divergence;
  writer.text(path).text(recorded).text(actual).text(reason);
  writer.bool(source !== undefined);
  return source === undefined ? writer : writer.text(source);
}

export function readDivergence(reader: FrameReader): Divergence {
  return {
    path: reader.text(),
    recorded: reader.text(),
    actual: reader.text(),
    reason: reader.text(),
    ...(reader.bool() ? { source: reader.text() } : {}),
  };
}
