// A run's accepted history, kept by hand: what a group would have accepted for a lone owner.

import {
  BEFORE_START,
  index,
  type Path,
  type Position,
  position,
  type RunId,
  runId,
} from "../../std/ids.ts";
import type {
  EffectIdentity,
  Input,
  Outcome,
  Value,
  WriteRecord,
} from "../../workflow/dsl/record.ts";
import type { Body } from "../../workflow/interpreter/body.ts";
import type { Journal } from "../../workflow/interpreter/journal.ts";

export interface HandStart {
  readonly workflowId: string;
  readonly name: string;
  readonly version: number;
  readonly input: Value;
  readonly atMs: number;
}

export class HandJournal implements Journal {
  readonly id: RunId = runId("step-1-0");
  readonly workflowId: string;
  readonly name: string;
  readonly version: number;
  readonly input: Value;
  readonly startedAtMs: number;
  readonly scheduling = 1;
  through: Position = BEFORE_START;
  readonly inputs: Input[] = [];
  readonly writes: Map<Path, WriteRecord> = new Map();
  readonly writesByCursor: Map<Position, number> = new Map();
  readonly epochMarks: readonly Position[] = [];
  readonly #start: HandStart;
  #next = 0;
  #atMs: number;

  constructor(start: HandStart) {
    this.#start = start;
    this.workflowId = start.workflowId;
    this.name = start.name;
    this.version = start.version;
    this.input = start.input;
    this.startedAtMs = start.atMs;
    this.#atMs = start.atMs;
    this.inputs.push({ kind: "start", ...this.#stamp() });
  }

  /** Log time. */
  get nowMs(): number {
    return this.#atMs;
  }

  /** Log time never runs backwards (SEMANTICS 6). */
  waitUntil(atMs: number): void {
    this.#atMs = Math.max(this.#atMs, atMs);
  }

  settle(effect: EffectIdentity, outcome: Outcome): void {
    this.inputs.push({ kind: "outcome", effect, outcome, ...this.#stamp() });
  }

  signal(id: string, name: string, value: Value): void {
    this.inputs.push({ kind: "signal", id, name, value, ...this.#stamp() });
  }

  cancel(reason: string): void {
    this.inputs.push({ kind: "cancel", reason, ...this.#stamp() });
  }

  /** Accepts what the owner's body wrote, and where it rested. */
  accept(body: Body): readonly WriteRecord[] {
    const accepted = body.takeWrites().map(({ write: kind, ...rest }) => ({
      kind,
      ...rest,
      position: position(this.#next++),
    }));
    for (const record of accepted) this.#write(record);
    this.through = body.rested;
    return accepted;
  }

  copy(): HandJournal {
    const copy = new HandJournal(this.#start);
    copy.inputs.push(...this.inputs.slice(1));
    for (const record of this.writes.values()) copy.#write(record);
    copy.through = this.through;
    copy.#next = this.#next;
    copy.#atMs = this.#atMs;
    return copy;
  }

  #write(record: WriteRecord): void {
    this.writes.set(record.path, record);
    // A marker of `patched` stands at no position (SEMANTICS 8).
    if (record.kind === "patched") return;
    const { cursor } = record;
    this.writesByCursor.set(cursor, (this.writesByCursor.get(cursor) ?? 0) + 1);
  }

  #stamp() {
    return { position: position(this.#next++), index: index(this.#next), atMs: this.#atMs };
  }
}
