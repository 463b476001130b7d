// The byte form of commands: what proposals carry and the log keeps for ever. Format 1 is fixed;
// another form gets another leading byte. Decoding is total: bytes from outside give a well-formed
// command or a MalformedError, in time and memory bounded by their length.

import { ByteWriter, MalformedError } from "../../std/bytes.ts";
import { epoch, nodeId, path, runId } from "../../std/ids.ts";
import { readBatch, readList, writeBatch } from "./batch-codec.ts";
import type { Announce, CloseChild, Command, ParkReason, Start } from "./command.ts";
import {
  readDivergence,
  readOf,
  readParent,
  readProcess,
  readSuspect,
  readValue,
  writeDivergence,
  writeOf,
  writeParent,
  writeProcess,
  writeSuspect,
} from "./record-codec.ts";
import { readTerms, writeTerms } from "./terms.ts";
import { FrameReader } from "./wire.ts";

const FORMAT = 1;

/** One for all: a writer's room costs more than what is written. Holds nothing between calls. */
const shared = new ByteWriter();

/** The place of a kind is its byte: this list only grows at its end. */
const KINDS: readonly Command["kind"][] = [
  "start",
  "batches",
  "announce",
  "assign-owners",
  "claim",
  "park",
  "unfit",
  "resume",
  "terminate",
  "move",
  "signal",
  "cancel",
  "start-child",
  "close-child",
  "expire",
  "purge",
  "enter",
  "reset",
  "leave",
];
const CLOSES: readonly CloseChild["how"][] = ["cancel", "terminate"];
export const PARK_REASONS: readonly ParkReason[] = [
  "diverged",
  "unserializable",
  "journal-full",
  "poisoned",
];

/**
 * @throws MalformedError for numbers that no command has: fractions, negative ones, none at all.
 */
export function encodeCommand(command: Command): Uint8Array {
  const writer = shared.reset().u8(FORMAT);
  writeOf(KINDS, writer, command.kind);
  writeBody(writer, command);
  return writer.finish();
}

/** What it gives may hold views of `bytes`, which must never change. @throws MalformedError */
export function decodeCommand(bytes: Uint8Array): Command {
  const reader = new FrameReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw new MalformedError(`command format ${format}, known is ${FORMAT}`);
  const command = readBody(reader, readOf(KINDS, reader));
  reader.end();
  return command;
}

function writeBody(writer: ByteWriter, command: Command): void {
  switch (command.kind) {
    case "purge":
      writer.uint(command.afterMs).uint(command.runIds.length);
      for (const id of command.runIds) writer.text(id);
      break;
    case "start":
      writeStart(writer, command);
      break;
    case "batches":
      writer.uint(command.batches.length);
      for (const batch of command.batches) writeBatch(writer, batch);
      break;
    case "announce":
      writeAnnounce(writer, command);
      break;
    case "assign-owners":
      writeProcess(writer, command.dead).bool(command.isHandOver === true);
      break;
    case "claim":
      writeProcess(writer.text(command.runId), command.owner).uint(command.epoch);
      break;
    case "enter":
      writeProcess(writer.text(command.runId), command.owner).uint(command.epoch);
      writeSuspect(writer, command.suspect);
      break;
    case "leave":
      writeProcess(writer.text(command.runId), command.owner).uint(command.epoch);
      writer.text(command.path);
      break;
    case "park":
      writeOf(PARK_REASONS, writer.text(command.runId).uint(command.epoch), command.reason);
      writeDivergence(writer, command.divergence);
      break;
    case "unfit":
      writeDivergence(writeProcess(writer.text(command.runId), command.member), command.divergence);
      break;
    case "resume":
      writer.text(command.runId);
      break;
    case "reset":
      writer.text(command.runId).text(command.to).text(command.id);
      break;
    case "terminate":
      writer.text(command.runId).text(command.reason);
      break;
    case "expire":
      writer.text(command.runId);
      break;
    case "move":
      writer.text(command.runId).uint(command.epoch).uint(command.to);
      break;
    case "signal":
      writer.text(command.workflowId).text(command.id).text(command.name).bytes(command.value);
      break;
    case "start-child":
      writeStart(writeParent(writer, command.parent), command.start);
      break;
    case "close-child":
      writeOf(CLOSES, writeParent(writer, command.parent).text(command.workflowId), command.how);
      break;
    case "cancel":
      writer.text(command.workflowId).text(command.id).text(command.reason);
      break;
  }
}

function readBody(reader: FrameReader, kind: Command["kind"]): Command {
  switch (kind) {
    case "purge":
      return {
        kind,
        afterMs: reader.uint(),
        runIds: readList(reader, (from) => runId(from.text())),
      };
    case "start":
      return readStart(reader);
    case "batches":
      return { kind, batches: readList(reader, readBatch) };
    case "announce":
      return readAnnounce(reader);
    case "assign-owners":
      return {
        kind,
        dead: readProcess(reader),
        ...(reader.bool() ? { isHandOver: true } : {}),
      };
    case "claim":
    case "enter":
    case "leave":
    case "park":
    case "unfit":
      return readOfOwner(reader, kind);
    case "resume":
    case "expire":
      return { kind, runId: runId(reader.text()) };
    case "reset":
      return { kind, runId: runId(reader.text()), to: path(reader.text()), id: reader.text() };
    case "terminate":
      return { kind, runId: runId(reader.text()), reason: reader.text() };
    case "move":
      return {
        kind,
        runId: runId(reader.text()),
        epoch: epoch(reader.uint()),
        to: nodeId(reader.uint()),
      };
    case "signal":
      return {
        kind,
        workflowId: reader.text(),
        id: reader.text(),
        name: reader.text(),
        value: readValue(reader),
      };
    case "start-child":
      return { kind, parent: readParent(reader), start: readStart(reader) };
    case "close-child": {
      const [parent, workflowId] = [readParent(reader), reader.text()];
      return { kind, parent, workflowId, how: readOf(CLOSES, reader) };
    }
    case "cancel":
      return { kind, workflowId: reader.text(), id: reader.text(), reason: reader.text() };
  }
}

type OfOwner = Extract<Command["kind"], "claim" | "enter" | "leave" | "park" | "unfit">;

/** What a process says of a run outside its batches. */
function readOfOwner(reader: FrameReader, kind: OfOwner): Command {
  switch (kind) {
    case "claim":
      return {
        kind,
        runId: runId(reader.text()),
        owner: readProcess(reader),
        epoch: epoch(reader.uint()),
      };
    case "enter":
      return {
        kind,
        runId: runId(reader.text()),
        owner: readProcess(reader),
        epoch: epoch(reader.uint()),
        suspect: readSuspect(reader),
      };
    case "leave":
      return {
        kind,
        runId: runId(reader.text()),
        owner: readProcess(reader),
        epoch: epoch(reader.uint()),
        path: path(reader.text()),
      };
    case "park":
      return {
        kind,
        runId: runId(reader.text()),
        epoch: epoch(reader.uint()),
        reason: readOf(PARK_REASONS, reader),
        divergence: readDivergence(reader),
      };
    case "unfit":
      return {
        kind,
        runId: runId(reader.text()),
        member: readProcess(reader),
        divergence: readDivergence(reader),
      };
  }
}

function writeStart(writer: ByteWriter, command: Start): void {
  writer.text(command.workflowId).text(command.name).uint(command.version);
  writer.bytes(command.input).text(command.inputHash).uint(command.owner);
  writer.bool(command.terms !== undefined);
  if (command.terms !== undefined) writeTerms(writer, command.terms);
}

function readStart(reader: FrameReader): Start {
  return {
    kind: "start",
    workflowId: reader.text(),
    name: reader.text(),
    version: reader.uint(),
    input: readValue(reader),
    inputHash: reader.text(),
    owner: nodeId(reader.uint()),
    ...(reader.bool() ? { terms: readTerms(reader) } : {}),
  };
}

function writeAnnounce(writer: ByteWriter, command: Announce): void {
  writer.uint(command.node).text(command.name).text(command.nonce).uint(command.catalogue.length);
  for (const key of command.catalogue) writer.text(key);
  writer.uint(command.level);
}

function readAnnounce(reader: FrameReader): Announce {
  return {
    kind: "announce",
    node: nodeId(reader.uint()),
    name: reader.text(),
    nonce: reader.text(),
    catalogue: readList(reader, (from) => from.text()),
    level: reader.uint(),
  };
}
