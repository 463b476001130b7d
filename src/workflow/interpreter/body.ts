// One run's generator between its journal's inputs: fed, resumed, asked. Never waited for.
// I1. inputs are fed strictly in order, at rest only (SEMANTICS 1, 2); to a standby none that its
//     owner's `through` has not passed (19). Nothing after the cursor is visible to user code (3).
// I2. a divergence is kept, and user code never runs again: it cannot catch what it cannot see.
// I3. no clock, no chance, no I/O, no promise: the same journal gives the same paths,
//     values and outcome.
// To come: signals and receive (3), patched (8), Cancel (9), start markers (12), children (24).

import { BEFORE_START, type Path, type Position } from "../../std/ids.ts";
import { ok } from "../../std/result.ts";
import { askedEffect, type Effect, type Gen } from "../dsl/effect.ts";
import type { Divergence, Input, Outcome } from "../dsl/record.ts";
import type { ValueCodec } from "../dsl/value-codec.ts";
import { type Barrier, Barriers, barrierOf, type LeafEffect } from "./barriers.ts";
import { cancelled, Scheduler } from "./combine.ts";
import { Derived, type LogRecord } from "./derived.ts";
import { endedEarly, otherRecord, unaskedRecord, unreadable } from "./divergence.ts";
import type { Answer, Fiber } from "./fiber.ts";
import type { Journal } from "./journal.ts";
import { noEffect } from "./misuse.ts";
import { type WaitView, waitView } from "./waits.ts";
import { type PendingWrite, type WriteEffect, Writes } from "./writes.ts";

export type { Barrier, BarrierCall } from "./barriers.ts";
export type { LogRecord } from "./derived.ts";
export type { BranchView, WaitView } from "./waits.ts";
export type { PendingWrite } from "./writes.ts";

/**
 * Only the owner proposes. A standby waits for its owner; a replay is fed all that the journal has.
 */
export type Role = "owner" | "standby" | "replay";

/** Why `advance` returned. */
export type Advance =
  /** At rest; the journal has no further input. */
  | { readonly kind: "blocked" }
  /** At rest; the next input waits until the owner's `through` has passed it (standby only). */
  | { readonly kind: "behind" }
  /** The fuel is spent in the middle of a stretch: call again. */
  | { readonly kind: "paused" }
  /** A follower in an open stretch came to a write that is not in the journal yet (SEMANTICS 4). */
  | { readonly kind: "stuck"; readonly path: Path }
  | { readonly kind: "finished"; readonly outcome: Outcome }
  | { readonly kind: "diverged"; readonly divergence: Divergence };

export interface BodyOptions {
  readonly run: (input: unknown) => Gen<unknown>;
  readonly journal: Journal;
  readonly codec: ValueCodec;
  /**
   * Where a suspended generator stands in the user's source;
   * asked once, when the body has diverged.
   */
  readonly locate?: (generator: object) => string | undefined;
}

/** A write that has to wait for the journal: the whole body waits with it. */
interface Stuck {
  readonly fiber: Fiber;
  readonly effect: WriteEffect;
  readonly path: Path;
}

export class Body {
  readonly #options: BodyOptions;
  readonly #journal: Journal;
  readonly #codec: ValueCodec;
  readonly #writes: Writes;
  readonly #barriers = new Barriers();
  readonly #scheduler = new Scheduler((path) => this.#barriers.drop(path));
  readonly #derived: Derived;
  readonly #begun = new WeakSet<object>();
  #root: Fiber | undefined;
  #role: Role = "replay";
  #fuel = 0;
  /** The fiber that the fuel left in the middle, first in line. */
  #paused: { readonly fiber: Fiber; readonly answer: Answer } | undefined;
  #stuck: Stuck | undefined;
  #fed = 0;
  #cursor: Position = BEFORE_START;
  #rested: Position = BEFORE_START;
  #atMs = 0;
  #finished: Outcome | undefined;
  #divergence: Divergence | undefined;

  constructor(options: BodyOptions) {
    this.#options = options;
    this.#journal = options.journal;
    this.#codec = options.codec;
    this.#writes = new Writes(options.journal, options.codec);
    this.#derived = new Derived(options.journal);
  }

  /** The leaves that branches wait at, in the order in which they were asked for. */
  get barriers(): ReadonlyMap<Path, Barrier> {
    return this.#barriers.pending;
  }

  /** Where its branches stand, as a tree; undefined before the start and after the end. */
  get waits(): WaitView | undefined {
    return this.#root === undefined || this.#finished !== undefined
      ? undefined
      : waitView(this.#root);
  }

  /** The last input that was fed. */
  get cursor(): Position {
    return this.#cursor;
  }

  /** The last cursor at which the body rested: what its owner's batches say as `through`. */
  get rested(): Position {
    return this.#rested;
  }

  get isAtRest(): boolean {
    const hasRested = this.#rested === this.#cursor && this.#cursor !== BEFORE_START;
    return hasRested && this.#divergence === undefined;
  }

  get finished(): Outcome | undefined {
    return this.#finished;
  }

  get divergence(): Divergence | undefined {
    return this.#divergence;
  }

  /** Recorded values that this body would have written otherwise. */
  get mismatches(): number {
    return this.#writes.mismatches;
  }

  /** The owner's writes since the last call, in the order in which they were made. */
  takeWrites(): readonly PendingWrite[] {
    return this.#writes.take();
  }

  /**
   * What the owner's body logged since the last call, in a stretch that is open:
   * nothing is given twice.
   */
  takeLogs(): readonly LogRecord[] {
    return this.#derived.takeLogs();
  }

  /** Goes as far as the journal, the role and `fuel` (effects and resumptions) allow. */
  advance(role: Role, fuel: number): Advance {
    this.#role = role;
    this.#fuel = fuel;
    for (;;) {
      const stop = this.#runStretch() ?? this.#next();
      if (stop !== undefined) return stop;
    }
  }

  /** Runs every runnable fiber until all are suspended or done. */
  #runStretch(): Advance | undefined {
    while (this.#divergence === undefined) {
      if (this.#stuck !== undefined) this.#retry(this.#stuck);
      else {
        const { fiber, answer } = this.#paused ?? this.#scheduler.next() ?? {};
        if (fiber === undefined || answer === undefined) return;
        this.#paused = undefined;
        this.#run(fiber, answer);
      }
      if (this.#stuck !== undefined) return { kind: "stuck", path: this.#stuck.path };
      if (this.#paused !== undefined) return { kind: "paused" };
    }
    return { kind: "diverged", divergence: this.#divergence };
  }

  /** Runs one fiber until it is suspended or done; answers that are at hand keep it going. */
  #run(fiber: Fiber, first: Answer): void {
    let answer: Answer | undefined = first;
    while (answer !== undefined) {
      if (this.#fuel-- <= 0) {
        this.#paused = { fiber, answer };
        return;
      }
      const resumed = fiber.resume(answer, this.#begun);
      if (resumed.kind === "ended") {
        this.#end(fiber, resumed.answer);
        return;
      }
      answer = this.#ask(fiber, resumed.value);
    }
  }

  #retry({ fiber, effect, path }: Stuck): void {
    this.#stuck = undefined;
    const answer = this.#write(fiber, effect, path);
    if (answer !== undefined) this.#run(fiber, answer);
  }

  #end(fiber: Fiber, answer: Answer): void {
    if (fiber === this.#root) this.#finish(answer);
    else this.#scheduler.end(fiber, answer);
  }

  /**
   * The root's end ends everything (SEMANTICS 7):
   * what its branches still wait for is not waited for.
   */
  #finish(answer: Answer): void {
    this.#scheduler.clear();
    this.#barriers.clear();
    this.#finished = this.#outcomeOf(answer);
  }

  #outcomeOf(answer: Answer): Outcome {
    try {
      if (answer.ok) return { ok: true, value: this.#codec.encode(answer.value) };
      return { ok: false, failure: this.#codec.encodeError(answer.error) };
    } catch (error) {
      return { ok: false, failure: this.#codec.encodeError(error) };
    }
  }

  /** What the stretch's history has beyond what this body did in it (SEMANTICS 4). */
  #overlooked(): Divergence | undefined {
    if (this.#cursor === BEFORE_START) return;
    const record = this.#writes.unasked(this.#cursor);
    if (record !== undefined) {
      return unaskedRecord(record, this.#barriers.pending.get(record.path)?.effect);
    }
    const { through } = this.#journal;
    if (this.#finished === undefined || through <= this.#cursor) return;
    return endedEarly(this.#root?.nextPath(), through, this.#cursor);
  }

  /**
   * At rest: feeds the next input, or says why not. Looks back at every call, not only at the
   * first: who was demoted at rest has not yet seen what the next owner wrote in this stretch.
   */
  #next(): Advance | undefined {
    const overlooked = this.#overlooked();
    if (overlooked !== undefined) return this.#diverge(overlooked);
    this.#rested = this.#cursor;
    if (this.#finished !== undefined) return { kind: "finished", outcome: this.#finished };
    const input = this.#journal.inputs[this.#fed];
    if (input === undefined) return { kind: "blocked" };
    if (this.#role === "standby" && this.#journal.through < input.position) {
      return { kind: "behind" };
    }
    this.#fed++;
    this.#cursor = input.position;
    this.#atMs = input.atMs;
    this.#writes.openStretch();
    return this.#feed(input);
  }

  #feed(input: Input): Advance | undefined {
    if (input.kind === "start") return this.#start();
    const { effect, outcome } = input;
    const settled = this.#barriers.settle(effect);
    if (settled.kind === "late") return;
    if (settled.kind === "diverged") return this.#diverge(settled.divergence);
    try {
      const answer: Answer = outcome.ok
        ? ok(this.#codec.decode(outcome.value))
        : { ok: false, error: this.#codec.decodeError(outcome.failure) };
      this.#scheduler.wake(settled.fiber, answer);
      return;
    } catch (error) {
      return this.#diverge(unreadable(effect.path, effect, error));
    }
  }

  #start(): Advance | undefined {
    const { name } = this.#journal;
    try {
      const input = this.#codec.decode(this.#journal.input);
      this.#root = this.#scheduler.start(() => this.#options.run(input));
      return;
    } catch (error) {
      return this.#diverge(unreadable("", { kind: "the input of", name }, error));
    }
  }

  #diverge(divergence: Divergence, fiber?: Fiber): Advance {
    const generator = (fiber ?? this.#root)?.generator;
    const source = generator === undefined ? undefined : this.#options.locate?.(generator);
    this.#divergence = source === undefined ? divergence : { ...divergence, source };
    this.#scheduler.clear();
    return { kind: "diverged", divergence: this.#divergence };
  }

  /** Answers what a fiber yielded; undefined: the fiber does not go on now. */
  #ask(fiber: Fiber, yielded: unknown): Answer | undefined {
    const effect = askedEffect(yielded);
    if (effect === undefined) return { ok: false, error: noEffect(yielded) };
    switch (effect.kind) {
      case "compute":
      case "step":
      case "sleep":
        return this.#suspend(fiber, effect);
      case "checkpoint":
      case "variable":
      case "set":
        return this.#write(fiber, effect, fiber.nextPath());
      case "all":
      case "race": {
        const path = fiber.nextPath();
        if (this.#isWriteAt(fiber, path, effect)) return;
        return this.#scheduler.fork(fiber, effect, path);
      }
      default:
        return ok(this.#derived.answer(effect, this.#moment()));
    }
  }

  #moment(): { readonly atMs: number; readonly isNew: boolean } {
    const isNew = this.#role === "owner" && this.#journal.through < this.#cursor;
    return { atMs: this.#atMs, isNew };
  }

  #suspend(fiber: Fiber, effect: LeafEffect): Answer | undefined {
    const path = fiber.nextPath();
    if (this.#isWriteAt(fiber, path, effect)) return;
    const asked = { path, cursor: this.#cursor, atMs: this.#atMs };
    const barrier = barrierOf(effect, asked, this.#codec);
    if (!barrier.ok) return barrier;
    if (fiber.isCancelRequested) {
      fiber.isCancelRequested = false;
      this.#barriers.drop(path);
      this.#scheduler.wake(fiber, cancelled());
      return;
    }
    fiber.wait = { kind: "leaf", path };
    this.#barriers.add(fiber, barrier.value);
    return;
  }

  #write(fiber: Fiber, effect: WriteEffect, path: Path): Answer | undefined {
    const written = this.#writes.ask(effect, {
      path,
      cursor: this.#cursor,
      mayPropose: this.#role === "owner",
    });
    if (written.kind === "answer") return written.answer;
    if (written.kind === "diverged") this.#diverge(written.divergence, fiber);
    else this.#stuck = { fiber, effect, path };
    return;
  }

  /** The journal has a write where the body asks for something that writes nothing. */
  #isWriteAt(fiber: Fiber, path: Path, effect: Effect): boolean {
    const record = this.#journal.writes.get(path);
    if (record === undefined) return false;
    this.#diverge(otherRecord(path, record, effect), fiber);
    return true;
  }
}
