// The byte forms of messages, hard states, snapshots' metadata and configuration changes.
// Each begins with a format version where it stands alone; lengths are bounded by their frame.

import { ByteReader, ByteWriter, MalformedError } from "../std/bytes.ts";
import { index, type NodeId, nodeId, term } from "../std/ids.ts";
import type { ConfChange, ConfChangeKind, SingleChange, Transition } from "./conf-change.ts";
import { type Message, type MessageType, message } from "./message.ts";
import type { ConfState, Entry, EntryKind, HardState, Snapshot } from "./types.ts";

const FORMAT = 1;
/** By their number on the wire: appended to, never reordered. */
const TYPES: readonly MessageType[] = [
  "hup",
  "beat",
  "prop",
  "app",
  "app-resp",
  "vote",
  "vote-resp",
  "snap",
  "heartbeat",
  "heartbeat-resp",
  "unreachable",
  "snap-status",
  "check-quorum",
  "transfer-leader",
  "timeout-now",
  "read-index",
  "read-index-resp",
  "pre-vote",
  "pre-vote-resp",
  "forget-leader",
];
const TYPE_NUMBER: ReadonlyMap<MessageType, number> = new Map(TYPES.map((type, i) => [type, i]));
const KINDS: readonly EntryKind[] = ["normal", "conf-change", "conf-change-v2"];
const CHANGES: readonly ConfChangeKind[] = ["add-voter", "add-learner", "remove", "update"];
const TRANSITIONS: readonly Transition[] = ["auto", "implicit", "explicit"];

function named<T>(names: readonly T[], number: number, what: string): T {
  const found = names[number];
  if (found === undefined) throw new MalformedError(`unknown ${what} ${number}`);
  return found;
}

function open(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw new MalformedError(`raft format ${format}, known is ${FORMAT}`);
  return reader;
}

/** One for all: a writer's room costs more than what is written. Holds nothing between calls. */
const shared = new ByteWriter();

export function encodeMessage(m: Message): Uint8Array {
  const type = TYPE_NUMBER.get(m.type);
  if (type === undefined) throw new MalformedError(`a ${m.type} message stays in its process`);
  const writer = shared.reset().u8(FORMAT).u8(type);
  writer.uint(m.to).uint(m.from).uint(m.term).uint(m.logTerm).uint(m.index);
  writer.uint(m.commit).uint(m.vote).bool(m.reject).uint(m.rejectHint);
  writer.uint(m.entries.length);
  for (const entry of m.entries) writeEntry(writer, entry);
  writer.bool(m.context !== undefined);
  if (m.context !== undefined) writer.bytes(m.context);
  writer.bool(m.snapshot !== undefined);
  if (m.snapshot !== undefined) writeSnapshot(writer, m.snapshot);
  return writer.finish();
}

/** @throws MalformedError */
export function decodeMessage(bytes: Uint8Array): Message {
  const reader = open(bytes);
  const type = named(TYPES, reader.u8(), "message type");
  const to = nodeId(reader.uint());
  const from = nodeId(reader.uint());
  const ofTerm = term(reader.uint());
  const logTerm = term(reader.uint());
  const at = index(reader.uint());
  const commit = index(reader.uint());
  const vote = nodeId(reader.uint());
  const reject = reader.bool();
  const rejectHint = index(reader.uint());
  const entries: Entry[] = [];
  for (let left = reader.uint(); left > 0; left--) entries.push(readEntry(reader));
  const context = reader.bool() ? reader.bytes() : undefined;
  const snapshot = reader.bool() ? readSnapshot(reader) : undefined;
  reader.end();
  return message({
    type,
    to,
    from,
    term: ofTerm,
    logTerm,
    index: at,
    commit,
    vote,
    reject,
    rejectHint,
    entries,
    context,
    snapshot,
  });
}

export function writeEntry(writer: ByteWriter, entry: Entry): void {
  writer.uint(entry.term).uint(entry.index).u8(KINDS.indexOf(entry.kind)).bytes(entry.data);
}

export function readEntry(reader: ByteReader): Entry {
  return {
    term: term(reader.uint()),
    index: index(reader.uint()),
    kind: named(KINDS, reader.u8(), "kind of entry"),
    data: reader.bytes(),
  };
}

function writeIds(writer: ByteWriter, ids: readonly NodeId[]): void {
  writer.uint(ids.length);
  for (const id of ids) writer.uint(id);
}

function readIds(reader: ByteReader): NodeId[] {
  const ids: NodeId[] = [];
  for (let left = reader.uint(); left > 0; left--) ids.push(nodeId(reader.uint()));
  return ids;
}

export function writeConfState(writer: ByteWriter, conf: ConfState): void {
  writeIds(writer, conf.voters);
  writeIds(writer, conf.votersOutgoing);
  writeIds(writer, conf.learners);
  writeIds(writer, conf.learnersNext);
  writer.bool(conf.autoLeave);
}

export function readConfState(reader: ByteReader): ConfState {
  return {
    voters: readIds(reader),
    votersOutgoing: readIds(reader),
    learners: readIds(reader),
    learnersNext: readIds(reader),
    autoLeave: reader.bool(),
  };
}

export function writeSnapshot(writer: ByteWriter, snapshot: Snapshot): void {
  writer.uint(snapshot.index).uint(snapshot.term);
  writeConfState(writer, snapshot.confState);
  writer.bytes(snapshot.data);
}

export function readSnapshot(reader: ByteReader): Snapshot {
  return {
    index: index(reader.uint()),
    term: term(reader.uint()),
    confState: readConfState(reader),
    data: reader.bytes(),
  };
}

export function encodeHardState(hard: HardState): Uint8Array {
  return new ByteWriter().u8(FORMAT).uint(hard.term).uint(hard.vote).uint(hard.commit).finish();
}

/** @throws MalformedError */
export function decodeHardState(bytes: Uint8Array): HardState {
  const reader = open(bytes);
  const hard = {
    term: term(reader.uint()),
    vote: nodeId(reader.uint()),
    commit: index(reader.uint()),
  };
  reader.end();
  return hard;
}

/** Nothing at all is the change that leaves a joint configuration. */
export function encodeConfChange(cc: ConfChange): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT).u8(TRANSITIONS.indexOf(cc.transition));
  writer.uint(cc.changes.length);
  for (const { kind, id } of cc.changes) writer.u8(CHANGES.indexOf(kind)).uint(id);
  return writer.bytes(cc.context ?? new Uint8Array(0)).finish();
}

/** @throws MalformedError */
export function decodeConfChange(bytes: Uint8Array): ConfChange {
  if (bytes.length === 0) return { transition: "auto", changes: [] };
  const reader = open(bytes);
  const transition = named(TRANSITIONS, reader.u8(), "transition");
  const changes: SingleChange[] = [];
  for (let left = reader.uint(); left > 0; left--) {
    changes.push({ kind: named(CHANGES, reader.u8(), "change"), id: nodeId(reader.uint()) });
  }
  const context = reader.bytes();
  reader.end();
  return { transition, changes, context };
}
