// A journal by hand: what the tests of the interpreter feed bodies from, and owners that fill it.

import {
  BEFORE_START,
  index,
  type Path,
  type Position,
  path,
  position,
  type RunId,
  runId,
} from "../../../src/std/ids.ts";
import type { Gen, WriteKind } from "../../../src/workflow/dsl/effect.ts";
import type {
  EffectIdentity,
  Input,
  Outcome,
  Value,
  WriteRecord,
} from "../../../src/workflow/dsl/record.ts";
import { type Advance, type Barrier, Body } from "../../../src/workflow/interpreter/body.ts";
import type { Journal } from "../../../src/workflow/interpreter/journal.ts";
import { createValueCodec } from "../../../src/workflow/values/codec.ts";

export const codec = createValueCodec();

export const FUEL = 10_000;

export type Program = (input: unknown) => Gen<unknown>;

export interface WriteOptions {
  readonly kind?: WriteKind;
  readonly name?: string;
  readonly value?: unknown;
  readonly cursor?: number;
}

/** One run's accepted history. It starts with its Start, at position 0. */
export class History implements Journal {
  id: RunId = runId("g1-7-0");
  workflowId = "order-7";
  readonly name = "order";
  readonly version = 1;
  readonly input: Value;
  startedAtMs = 1_000;
  readonly scheduling = 1;
  through: Position = BEFORE_START;
  readonly inputs: Input[] = [];
  readonly writes = new Map<Path, WriteRecord>();
  readonly writesByCursor = new Map<Position, number>();
  readonly epochMarks: Position[] = [];
  next = 0;
  readonly #rests: { readonly next: number; readonly through: Position }[] = [];

  constructor(input?: unknown) {
    this.input = codec.encode(input);
    this.inputs.push({ kind: "start", ...this.#stamp(this.startedAtMs) });
  }

  /** Each input comes 1000 ms after the one before, unless told otherwise. */
  outcome(effect: EffectIdentity, value?: unknown, atMs?: number): Position {
    return this.end(effect, { ok: true, value: codec.encode(value) }, atMs);
  }

  failure(effect: EffectIdentity, error: unknown, atMs?: number): Position {
    return this.end(effect, { ok: false, failure: codec.encodeError(error) }, atMs);
  }

  /** Somebody sent it, from outside. */
  signal(name: string, value?: unknown, id = `s${this.next}`): Position {
    const stamp = this.#stamp((this.inputs.at(-1)?.atMs ?? 0) + 1_000);
    this.inputs.push({ kind: "signal", id, name, value: codec.encode(value), ...stamp });
    return stamp.position;
  }

  cancel(reason = "why not"): Position {
    const stamp = this.#stamp((this.inputs.at(-1)?.atMs ?? 0) + 1_000);
    this.inputs.push({ kind: "cancel", reason, ...stamp });
    return stamp.position;
  }

  /** Another process owns it from here on. */
  newEpoch(): this {
    this.epochMarks.push(position(this.next));
    return this;
  }

  end(effect: EffectIdentity, outcome: Outcome, atMs?: number): Position {
    const stamp = this.#stamp(atMs ?? (this.inputs.at(-1)?.atMs ?? 0) + 1_000);
    this.inputs.push({ kind: "outcome", effect, outcome, ...stamp });
    return stamp.position;
  }

  write(at: string, options: WriteOptions = {}): void {
    const { kind = "checkpoint", name = "mark", value = 1, cursor = 0 } = options;
    const bytes = codec.encode(value);
    this.record({ path: path(at), kind, name, value: bytes, cursor: position(cursor) });
  }

  /** Accepts what the owner's body wrote. */
  accept(body: Body): void {
    for (const { write: kind, ...rest } of body.takeWrites()) this.record({ kind, ...rest });
  }

  record(write: Omit<WriteRecord, "position">, at: number = this.next++): void {
    if (this.writes.has(write.path)) return;
    this.writes.set(write.path, { ...write, position: position(at) });
    const { cursor } = write;
    if (write.kind === "patched") return;
    this.writesByCursor.set(cursor, (this.writesByCursor.get(cursor) ?? 0) + 1);
  }

  /** Its owner said that it had rested there. */
  restAt(cursor: number): this {
    this.through = position(cursor);
    this.#rests.push({ next: this.next, through: this.through });
    return this;
  }

  /** As it was when it held that many records: inputs and writes together. */
  first(records: number): History {
    const copy = new History(codec.decode(this.input));
    copy.inputs.push(...this.inputs.slice(1).filter((input) => input.position < records));
    for (const write of this.writes.values()) {
      if (write.position < records) copy.record(write, write.position);
    }
    copy.next = records;
    const rests = this.#rests.filter(({ next }) => next <= records);
    return copy.restAt(rests.at(-1)?.through ?? BEFORE_START);
  }

  #stamp(atMs: number) {
    return { position: position(this.next++), index: index(this.next), atMs };
  }
}

export const bodyOf = (run: Program, journal: Journal): Body => new Body({ run, journal, codec });

/** The identity of a step's outcome at a place, as the body that asks for it has it. */
export const stepAt = (at: string, name: string, input?: unknown): EffectIdentity => ({
  path: path(at),
  kind: "step",
  name,
  inputHash: codec.hash(input),
});

export const computeAt = (at: string, name: string): EffectIdentity => ({
  path: path(at),
  kind: "compute",
  name,
  inputHash: "",
});

export const receiveAt = (at: string, name: string, timeoutMs?: number): EffectIdentity => ({
  path: path(at),
  kind: "receive",
  name,
  inputHash: timeoutMs === undefined ? "" : String(timeoutMs),
});

export const sleepAt = (at: string, durationMs: number): EffectIdentity => ({
  path: path(at),
  kind: "sleep",
  name: "",
  inputHash: String(durationMs),
});

/** What a finished body gave; anything else is told. */
export function given(advance: Advance): unknown {
  if (advance.kind === "finished" && advance.outcome.ok) return codec.decode(advance.outcome.value);
  throw new Error(`no value: ${JSON.stringify(advance)}`);
}

/** The name and message of what a finished body threw; anything else is told. */
export function thrownBy(advance: Advance): string {
  if (advance.kind === "finished" && !advance.outcome.ok) {
    const { name, message } = advance.outcome.failure;
    return `${name}: ${message}`;
  }
  throw new Error(`threw nothing: ${JSON.stringify(advance)}`);
}

export const waits = (body: Body): readonly string[] => [...body.barriers.keys()];

export type Answers = (barrier: Barrier) => unknown;

/** Which of the barriers that wait is answered next. */
export type Pick = (waiting: readonly Barrier[]) => Barrier | undefined;

export const first: Pick = (waiting) => waiting[0];
export const last: Pick = (waiting) => waiting.at(-1);

/** Owns a run to its end: accepts its writes, reports its rest, answers one that waits. */
export function own(
  body: Body,
  history: History,
  answers: Answers = () => undefined,
  pick: Pick = first,
): Advance {
  for (;;) {
    const advance = body.advance("owner", FUEL);
    history.accept(body);
    history.restAt(body.rested);
    if (advance.kind !== "blocked") return advance;
    const next = pick([...body.barriers.values()]);
    if (next === undefined) return advance;
    history.outcome(next.effect, answers(next));
  }
}
