// Write-behind effects: looked up by path, or proposed by the owner (SEMANTICS 4).
// They never suspend.
// I1. what a body is given is what was recorded, decoded: a copy on the owner too.
// I2. a value that cannot be recorded fails the effect at its place, on every member alike.
// I3. a marker of `patched` has no position of its own: it is not among those that must be asked.
// I4. each `variable`, `set` and `update` is one write with the variable's value after it. A
//     variable that is declared again writes the value that it has: so a lookup by path is the
//     whole rule here too.

import { RaftoralError } from "../../errors.ts";
import { type Path, type Position, path as pathOf } from "../../std/ids.ts";
import { err, ok, type Result } from "../../std/result.ts";
import { type Effect, variableHandle, type WriteKind } from "../dsl/effect.ts";
import type { Divergence, Value, WriteRecord } from "../dsl/record.ts";
import type { ValueCodec } from "../dsl/value-codec.ts";
import { missingRecord, otherRecord, otherStretch, unreadable } from "./divergence.ts";
import type { Answer } from "./fiber.ts";
import type { Journal } from "./journal.ts";

export type WriteEffect = Extract<Effect, { kind: WriteKind }>;
type PlacedEffect = Exclude<WriteEffect, { kind: "patched" }>;

/** What the record of a patch holds: that it is there says all. */
const MARK: Value = new Uint8Array(0);

/** A write of the owner that the group has not been told of. */
export interface PendingWrite {
  readonly path: Path;
  readonly write: WriteKind;
  readonly name: string;
  readonly value: Value;
  readonly cursor: Position;
}

/** Where a write stands, and what may be done where the journal does not have it. */
export interface Place {
  readonly path: Path;
  readonly cursor: Position;
  /** The stretch is open and the body is its owner's. */
  readonly mayPropose: boolean;
}

export type Written =
  | { readonly kind: "answer"; readonly answer: Answer }
  /** An open stretch of somebody else: the write may still come. */
  | { readonly kind: "missing" }
  | { readonly kind: "diverged"; readonly divergence: Divergence };

/** A value beside its packed bytes. */
interface Own {
  readonly value: unknown;
  readonly bytes: Value;
}

export class Writes {
  readonly #journal: Journal;
  readonly #codec: ValueCodec;
  readonly #patches = new Map<string, boolean>();
  readonly #variables = new Map<string, { value: unknown }>();
  #pending: PendingWrite[] = [];
  /**
   * Paths of this stretch's writes, and how many of the journal's records are known
   * to be among them.
   */
  #asked: Path[] = [];
  #accounted = 0;
  #mismatches = 0;

  constructor(journal: Journal, codec: ValueCodec) {
    this.#journal = journal;
    this.#codec = codec;
  }

  /** Recorded values that the body would have written otherwise: counted, never refused. */
  get mismatches(): number {
    return this.#mismatches;
  }

  /** Writes to propose since the last call, in order. */
  take(): readonly PendingWrite[] {
    if (this.#pending.length === 0) return [];
    const taken = this.#pending;
    this.#pending = [];
    return taken;
  }

  openStretch(): void {
    this.#asked = [];
    this.#accounted = 0;
  }

  /** Where the marker of a patch stands: no effect has such a path. */
  patchPath(id: string): Path {
    return pathOf(`patched:${id}`);
  }

  ask(effect: WriteEffect, place: Place): Written {
    if (effect.kind === "patched") return this.#patched(effect.name, place);
    const { path, cursor } = place;
    const record = this.#journal.writes.get(path);
    if (record !== undefined) return this.#recorded(effect, record, place);
    const isClosed = this.#journal.through >= cursor;
    // Asked again later: until then `update`'s function, which is the user's, is not called.
    if (!isClosed && !place.mayPropose) return { kind: "missing" };
    const own = this.#own(effect);
    if (!own.ok) return { kind: "answer", answer: own };
    if (isClosed) {
      return { kind: "diverged", divergence: missingRecord(path, effect, this.#journal) };
    }
    const { name, kind: write } = effect;
    this.#asked.push(path);
    this.#pending.push({ path, write, name, value: own.value.bytes, cursor });
    return { kind: "answer", answer: ok(this.#give(effect, copyOf(own.value, this.#codec))) };
  }

  /** A record of this stretch that the body, being at rest, has not asked for. */
  unasked(cursor: Position): WriteRecord | undefined {
    const { writes, writesByCursor } = this.#journal;
    const recorded = writesByCursor.get(cursor) ?? 0;
    if (recorded <= this.#accounted) return;
    // The owner's own writes of this stretch were not found when they were made,
    // but are recorded since.
    const asked = new Set(this.#asked.filter((path) => writes.has(path)));
    this.#accounted = asked.size;
    if (recorded <= asked.size) return;
    for (const record of writes.values()) {
      if (record.kind === "patched" || record.cursor !== cursor) continue;
      if (!asked.has(record.path)) return record;
    }
    return;
  }

  /** The first answer for an id holds for the run (SEMANTICS 8). */
  #patched(name: string, place: Place): Written {
    let isPatched = this.#patches.get(name);
    if (isPatched === undefined) {
      isPatched = this.#isPatched(place);
      if (isPatched === undefined) return { kind: "missing" };
      this.#patches.set(name, isPatched);
      const { path, cursor } = place;
      if (isPatched && !this.#journal.writes.has(path)) {
        this.#pending.push({ path, write: "patched", name, value: MARK, cursor });
      }
    }
    return { kind: "answer", answer: ok(isPatched) };
  }

  /** Undefined: an open stretch of somebody else; the marker may still come. */
  #isPatched({ path, cursor, mayPropose }: Place): boolean | undefined {
    const { writes, through, epochMarks } = this.#journal;
    if (writes.has(path)) return true;
    if (through >= cursor) return false;
    if (!mayPropose) return;
    // Somebody else may have gone through a part of this stretch, by code without the patch.
    return cursor >= (epochMarks.at(-1) ?? 0);
  }

  #recorded(effect: PlacedEffect, record: WriteRecord, { path, cursor }: Place): Written {
    if (record.kind !== effect.kind || record.name !== effect.name) {
      return { kind: "diverged", divergence: otherRecord(path, record, effect) };
    }
    if (record.cursor !== cursor) {
      return { kind: "diverged", divergence: otherStretch(path, record, cursor, effect) };
    }
    this.#asked.push(path);
    this.#accounted++;
    const own = this.#own(effect);
    try {
      const recorded = this.#codec.open(record.value);
      const isOwn = own.ok && isEqual(own.value.bytes, recorded);
      if (!isOwn) this.#mismatches++;
      const value = isOwn ? copyOf(own.value, this.#codec) : this.#codec.unpack(recorded);
      return { kind: "answer", answer: ok(this.#give(effect, value)) };
    } catch (error) {
      return { kind: "diverged", divergence: unreadable(path, record, error) };
    }
  }

  /** What this body would record. */
  #own(effect: PlacedEffect): Result<Own, unknown> {
    try {
      const value = this.#next(effect);
      return ok({ value, bytes: this.#codec.pack(value) });
    } catch (error) {
      return err(error);
    }
  }

  #next(effect: PlacedEffect): unknown {
    if (effect.kind === "checkpoint") return effect.value;
    const known = this.#variables.get(effect.name);
    if (effect.kind === "variable") return known === undefined ? effect.initial : known.value;
    if (known !== undefined) return effect.next(known.value);
    throw new RaftoralError(
      "invalid-argument",
      `this run has no variable "${effect.name}": it belongs to the run that declared it`,
    );
  }

  /** What the body is answered, once the value at its path is known. */
  #give(effect: PlacedEffect, value: unknown): unknown {
    if (effect.kind === "checkpoint") return value;
    const { name } = effect;
    const known = this.#variables.get(name);
    const cell = known ?? { value };
    cell.value = value;
    if (effect.kind === "set") return effect.gives === "value" ? value : undefined;
    if (known === undefined) this.#variables.set(name, cell);
    return variableHandle(name, () => cell.value);
  }
}

/** What a decoder gives for these bytes; a primitive needs none. */
function copyOf({ value, bytes }: Own, codec: ValueCodec): unknown {
  return typeof value === "object" && value !== null ? codec.unpack(bytes) : value;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
