// All that apply reads, in one canonical byte form: what a snapshot of the group holds (rule 27),
// and what tells whether two members agree. Indexes and what follows from the records are not
// written but rebuilt. Its places to come: seals, the retention clock.
//
// It comes in pieces: what is not a run first, then the runs in the order of their Starts.

import { ByteWriter, MalformedError } from "../../std/bytes.ts";
import { type NodeId, nodeId } from "../../std/ids.ts";
import { readList } from "./batch-codec.ts";
import { digest } from "./hash.ts";
import { reindex } from "./ownership.ts";
import { readRun, writeRun } from "./run-codec.ts";
import { createMachineState, type MachineState, type Member, type Run } from "./state.ts";
import { RunsView } from "./view.ts";
import { FrameReader } from "./wire.ts";

const FORMAT = 1;

/** Equal for members that applied equal logs, however each came to its state. */
export const stateHash = (state: MachineState): string => digest(encodeState(state));

/** All pieces in one go. */
export function encodeState(state: MachineState): Uint8Array {
  const writer = new ByteWriter().raw(encodeHead(state));
  for (const run of state.runs.values()) writeRun(writer, run);
  return writer.finish();
}

/**
 * A state that answers every further command as the one that was encoded. @throws MalformedError
 */
export function decodeState(bytes: Uint8Array): MachineState {
  const state = createMachineState("");
  const builder = new StateBuilder(state);
  builder.add(bytes);
  builder.finish();
  return state;
}

/** The state as it is now, piece by piece; it ends any other. */
export interface StatePieces {
  readonly isOpen: boolean;
  /** undefined after the last. */
  next(): Uint8Array | undefined;
  close(): void;
}

export function freezeState(state: MachineState, pieceBytes?: number): StatePieces {
  let head: Uint8Array | undefined = encodeHead(state);
  const runs = new RunsView(state, pieceBytes);
  return {
    get isOpen() {
      return runs.isOpen;
    },
    next: () => {
      const piece = head ?? runs.next();
      head = undefined;
      return piece;
    },
    close: () => runs.close(),
  };
}

/**
 * Pieces back into a state, beside the one that they will replace. A run that both have keeps its
 * identity: whoever holds it sees it jump, as if all that lies between were applied at once.
 */
export class StateBuilder {
  readonly #into: MachineState;
  #built: MachineState | undefined;
  #expected = 0;
  /** Runs that both have, and that differ. */
  readonly #known: (readonly [Run, Run])[] = [];
  readonly #writer = new ByteWriter();

  constructor(into: MachineState) {
    this.#into = into;
  }

  /** In their order. @throws MalformedError */
  add(piece: Uint8Array): void {
    const reader = new FrameReader(piece);
    if (this.#built === undefined) {
      this.#built = readHead(reader);
      this.#expected = reader.uint();
    }
    while (!reader.isDone) {
      const from = reader.place;
      const read = readRun(reader);
      this.#take(this.#built, read, piece.subarray(from, reader.place));
    }
  }

  /** As much as can be done before the moment of change, so that it is short. */
  #take(built: MachineState, read: Run, bytes: Uint8Array): void {
    const known = this.#into.runs.get(read.id);
    const run = known ?? read;
    built.runs.set(read.id, run);
    built.byWorkflowId.set(read.workflowId, read.id);
    reindex(built, run, read);
    // A run never comes back to what it was: one that is now as it will be has slept throughout.
    if (known !== undefined && !this.#isWritten(known, bytes)) this.#known.push([known, read]);
  }

  #isWritten(run: Run, bytes: Uint8Array): boolean {
    writeRun(this.#writer.reset(), run);
    const { written } = this.#writer;
    if (written.length !== bytes.length) return false;
    for (let i = 0; i < bytes.length; i++) if (written[i] !== bytes[i]) return false;
    return true;
  }

  /** The one moment at which the state changes. @throws MalformedError: pieces are missing */
  finish(): void {
    const built = this.#built;
    if (built === undefined || built.runs.size !== this.#expected) {
      const found = `${built?.runs.size ?? 0} runs`;
      throw new MalformedError(`${found} of a state that has ${this.#expected}`);
    }
    for (const [known, read] of this.#known) Object.assign(known, read);
    Object.assign(this.#into, built);
  }
}

function encodeHead(state: MachineState): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT);
  writer.text(state.group).uint(state.timeMs).uint(state.level).uint(state.started);
  writer.uint(state.members.size);
  for (const member of byNode(state.members)) writeMember(writer, member);
  writer.uint(state.tombstones.size);
  for (const [key, atMs] of state.tombstones) writer.text(key).uint(atMs);
  return writer.uint(state.runs.size).finish();
}

function readHead(reader: FrameReader): MachineState {
  const format = reader.u8();
  if (format !== FORMAT) throw new MalformedError(`state format ${format}, known is ${FORMAT}`);
  const state = createMachineState(reader.text());
  state.timeMs = reader.uint();
  state.level = reader.uint();
  state.started = reader.uint();
  for (const member of readList(reader, readMember)) state.members.set(member.node, member);
  for (const [key, atMs] of readList(reader, readTombstone)) state.tombstones.set(key, atMs);
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
  const [node, name, incarnation] = [nodeId(reader.uint()), reader.text(), reader.uint()];
  return {
    node,
    name,
    incarnation,
    process: { node, incarnation },
    nonce: reader.text(),
    isUp: reader.bool(),
    isRemoved: reader.bool(),
    level: reader.uint(),
    formerNonces: readList(reader, (from) => from.text()),
    catalogue: new Set(readList(reader, (from) => from.text())),
  };
}
