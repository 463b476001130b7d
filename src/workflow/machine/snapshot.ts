// All that apply reads, in one canonical byte form: what a snapshot of the group holds (rule 27),
// and what tells whether two members agree. Indexes and what follows from the records are not
// written but rebuilt. Its places to come: Enter, Rest, seals, the retention clock.

import { ByteWriter, MalformedError } from "../../std/bytes.ts";
import { type NodeId, nodeId } from "../../std/ids.ts";
import { readList } from "./batch-codec.ts";
import { digest } from "./hash.ts";
import { reindex } from "./ownership.ts";
import { readRun, writeRun } from "./run-codec.ts";
import { createMachineState, type MachineState, type Member } from "./state.ts";
import { FrameReader } from "./wire.ts";

const FORMAT = 1;

/** Equal for members that applied equal logs, however each came to its state. */
export const stateHash = (state: MachineState): string => digest(encodeState(state));

export function encodeState(state: MachineState): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT);
  writer.text(state.group).uint(state.timeMs).uint(state.level).uint(state.started);
  writer.uint(state.members.size);
  for (const member of byNode(state.members)) writeMember(writer, member);
  writer.uint(state.runs.size);
  for (const run of state.runs.values()) writeRun(writer, run);
  writer.uint(state.tombstones.size);
  for (const [key, atMs] of state.tombstones) writer.text(key).uint(atMs);
  return writer.finish();
}

/**
 * A state that answers every further command as the one that was encoded. @throws MalformedError
 */
export function decodeState(bytes: Uint8Array): MachineState {
  const reader = new FrameReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw new MalformedError(`state format ${format}, known is ${FORMAT}`);
  const state = createMachineState(reader.text());
  state.timeMs = reader.uint();
  state.level = reader.uint();
  state.started = reader.uint();
  for (const member of readList(reader, readMember)) state.members.set(member.node, member);
  for (const run of readList(reader, readRun)) {
    state.runs.set(run.id, run);
    state.byWorkflowId.set(run.workflowId, run.id);
    reindex(state, run);
  }
  for (const [key, atMs] of readList(reader, readTombstone)) state.tombstones.set(key, atMs);
  reader.end();
  return state;
}

const byNode = (members: ReadonlyMap<NodeId, Member>): readonly Member[] =>
  [...members.values()].sort((a, b) => a.node - b.node);

const readTombstone = (reader: FrameReader): readonly [string, number] => [
  reader.text(),
  reader.uint(),
];

function writeMember(writer: ByteWriter, member: Member): void {
  writer.uint(member.node).text(member.name).uint(member.incarnation).text(member.nonce);
  writer
    .bool(member.isUp)
    .bool(member.isRemoved)
    .uint(member.level)
    .uint(member.formerNonces.length);
  for (const nonce of member.formerNonces) writer.text(nonce);
  writer.uint(member.catalogue.size);
  for (const key of [...member.catalogue].sort()) writer.text(key);
}

function readMember(reader: FrameReader): Member {
  return {
    node: nodeId(reader.uint()),
    name: reader.text(),
    incarnation: reader.uint(),
    nonce: reader.text(),
    isUp: reader.bool(),
    isRemoved: reader.bool(),
    level: reader.uint(),
    formerNonces: readList(reader, (from) => from.text()),
    catalogue: new Set(readList(reader, (from) => from.text())),
  };
}
