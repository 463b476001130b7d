// Effects without record and path: answered from the journal's own data,
// the same wherever they are asked.

import { unreachable } from "../../std/assert.ts";
import { Hash128 } from "../../std/hash.ts";
import type { Position } from "../../std/ids.ts";
import type { Effect, LogLevel, RunInfo } from "../dsl/effect.ts";
import type { Journal } from "./journal.ts";

export type DerivedEffect = Extract<Effect, { kind: "now" | "random" | "uuid" | "info" | "log" }>;

/** What a body logged. */
export interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Moment {
  /** The stamp of the input at the cursor (SEMANTICS 6). */
  readonly atMs: number;
  /** The owner's, in an open stretch: what is logged was not logged before. */
  readonly isNew: boolean;
}

const TWO_26 = 67_108_864;
const TWO_53 = 9_007_199_254_740_992;

export class Derived {
  readonly #journal: Journal;
  #logs: LogRecord[] = [];
  #seed: string | undefined;
  #draws = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  takeLogs(): readonly LogRecord[] {
    if (this.#logs.length === 0) return [];
    const taken = this.#logs;
    this.#logs = [];
    return taken;
  }

  /** A line that the engine adds to the body's own. */
  warn(
    { cursor, isOwner }: { readonly cursor: Position; readonly isOwner: boolean },
    message: string,
  ): void {
    if (!isOwner || this.#journal.through >= cursor) return;
    this.#logs.push({ level: "warn", message, fields: {} });
  }

  answer(effect: DerivedEffect, { atMs, isNew }: Moment): unknown {
    switch (effect.kind) {
      case "now":
        return new Date(atMs);
      case "random":
        return this.#unit();
      case "uuid":
        return this.#uuid();
      case "info":
        return this.#info();
      case "log":
        if (isNew) this.#logs.push(effect);
        return;
      default:
        return unreachable(effect);
    }
  }

  /** In [0, 1), 53 random bits. */
  #unit(): number {
    const [a, b] = this.#draw();
    return ((a >>> 5) * TWO_26 + (b >>> 6)) / TWO_53;
  }

  /** Version 4: 122 random bits. */
  #uuid(): string {
    const [a, b, c, d] = this.#draw();
    const hex = [a, (b & 0xffff0fff) | 0x4000, (c & 0x3fffffff) | 0x80000000, d]
      .map((word) => (word >>> 0).toString(16).padStart(8, "0"))
      .join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  /**
   * The next 128 bits of chance, which every member and every replay draws alike. Seeded by the run
   * id, which is unique in its cluster, and by workflow id and start, so that other clusters draw
   * other uuids.
   */
  #draw(): readonly [number, number, number, number] {
    const { id: own, originId: id = own, workflowId, startedAtMs } = this.#journal;
    this.#seed ??= new Hash128().text(id).text(workflowId).number(startedAtMs).hex();
    return new Hash128()
      .text(this.#seed)
      .number(this.#draws++)
      .words();
  }

  #info(): RunInfo {
    const { workflowId, id, originId, name, version, startedAtMs } = this.#journal;
    return { workflowId, runId: originId ?? id, name, version, startedAt: new Date(startedAtMs) };
  }
}
