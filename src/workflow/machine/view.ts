// The state as it was at one moment, given away piece by piece while apply goes on (rule 27).
//
// I1. Taking it costs one list of references; a piece costs what it holds. Whoever asks for the
//     pieces decides when.
// I2. A run that is about to change, and was not given yet, is written down first: by each command
//     on one run in `apply`, by each move and end in `ownership`, by a loss in `poison`, by a
//     cancellation in `signal`.
//     One that forgets it spoils the snapshot that is being taken: `view.test.ts` holds all to it.
// I3. At most one is open: a second one ends the first.

import { assert } from "../../std/assert.ts";
import { ByteWriter } from "../../std/bytes.ts";
import type { Command } from "./command.ts";
import { findRun } from "./query.ts";
import { writeRun } from "./run-codec.ts";
import type { MachineState, Run } from "./state.ts";

/** A piece ends with the run that fills it. */
export const PIECE_BYTES: number = 32 * 1024;

export class RunsView {
  readonly #runs: readonly Run[];
  readonly #state: MachineState;
  readonly #pieceBytes: number;
  /** Runs that changed since, as they were, by ordinal. */
  readonly #before = new Map<number, Uint8Array>();
  readonly #writer = new ByteWriter();
  #next = 0;

  constructor(state: MachineState, pieceBytes: number = PIECE_BYTES) {
    this.#runs = [...state.runs.values()];
    this.#state = state;
    this.#pieceBytes = pieceBytes;
    state.view = this;
  }

  get isOpen(): boolean {
    return this.#state.view === this;
  }

  /** Runs up to a piece's size; undefined after the last. */
  next(): Uint8Array | undefined {
    assert(this.isOpen, "a view that was ended is not read on");
    this.#writer.reset();
    while (this.#next < this.#runs.length && this.#writer.length < this.#pieceBytes) {
      const run = this.#runs[this.#next];
      assert(run !== undefined, "a view's runs are those that it began with");
      const before = this.#before.get(run.ordinal);
      if (before === undefined) writeRun(this.#writer, run);
      else this.#writer.raw(before);
      this.#before.delete(run.ordinal);
      this.#next++;
    }
    return this.#writer.length === 0 ? undefined : this.#writer.finish();
  }

  close(): void {
    if (this.isOpen) this.#state.view = undefined;
  }

  /** This run is about to change. */
  keep(run: Run): void {
    const at = this.#runs[this.#next];
    // What is given already, and what began later, may change.
    if (at === undefined || run.ordinal < at.ordinal) return;
    if (run.ordinal > (this.#runs.at(-1)?.ordinal ?? -1) || this.#before.has(run.ordinal)) return;
    const writer = new ByteWriter();
    writeRun(writer, run);
    this.#before.set(run.ordinal, writer.finish());
  }
}

/** Before a command: the run that it is about. Those that it moves to other owners, `ownership`. */
export function keepForView(state: MachineState, command: Command): void {
  const { view } = state;
  if (view === undefined) return;
  for (const run of runsOf(state, command)) if (run !== undefined) view.keep(run);
}

function runsOf(state: MachineState, command: Command): readonly (Run | undefined)[] {
  switch (command.kind) {
    case "batches":
      return command.batches.map(({ runId }) => state.runs.get(runId));
    case "signal":
    case "cancel":
      return [findRun(state, command.workflowId)];
    case "close-child":
      return [state.runs.get(command.parent.runId)];
    case "purge":
    case "start":
    case "start-child":
    case "announce":
    case "assign-owners":
      return [];
    default:
      return [state.runs.get(command.runId)];
  }
}
