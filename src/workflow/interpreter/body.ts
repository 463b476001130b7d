// One run's generator between its journal's inputs: fed, resumed, asked. Never waited for.
// I1. inputs are fed strictly in order, at rest only (SEMANTICS 1, 2); to a standby none that its
//     owner's `through` has not passed (19). Nothing after the cursor is visible to user code (3).
// I2. a divergence is kept, and user code never runs again: it cannot catch what it cannot see.
// I3. no clock, no chance, no I/O, no promise: the same journal gives the same paths,
//     values and outcome.

import { Cancelled } from "../../errors.ts";
import { BEFORE_START, type Path, type Position } from "../../std/ids.ts";
import { err, ok } from "../../std/result.ts";
import { childHandle, suspendedStack } from "../dsl/effect.ts";
import type {
  Divergence,
  EffectIdentity,
  Input,
  OtherEnd,
  Outcome,
  SignalInput,
  Value,
} from "../dsl/record.ts";
import type { ValueCodec } from "../dsl/value-codec.ts";
import type { Advance, BodyOptions, Role } from "./advance.ts";
import { type Asked, Asking, type Stretch, type Stuck } from "./asking.ts";
import { type Barrier, Barriers } from "./barriers.ts";
import { Derived, type LogRecord } from "./derived.ts";
import { endedEarly, unaskedRecord, unreadable } from "./divergence.ts";
import type { Answer, Fiber, Resumed } from "./fiber.ts";
import type { Journal } from "./journal.ts";
import { Scheduler } from "./scheduler.ts";
import { Signals } from "./signals.ts";
import { type WaitView, waitView } from "./waits.ts";
import { type PendingWrite, Writes } from "./writes.ts";

export type { Advance, BodyOptions, Role } from "./advance.ts";
export type { Barrier, BarrierCall, BarrierChild } from "./barriers.ts";
export type { LogRecord } from "./derived.ts";
export type { BranchView, WaitView } from "./waits.ts";
export type { PendingWrite } from "./writes.ts";

export class Body {
  readonly #options: BodyOptions;
  readonly #journal: Journal;
  readonly #codec: ValueCodec;
  readonly #writes: Writes;
  readonly #barriers = new Barriers();
  readonly #signals = new Signals();
  readonly #derived: Derived;
  readonly #scheduler: Scheduler;
  readonly #asking: Asking;
  readonly #begun = new WeakSet<object>();
  #root: Fiber | undefined;
  #role: Role = "replay";
  #fuel = 0;
  #upTo: number = Number.POSITIVE_INFINITY;
  /** The fiber that the fuel left in the middle, first in line. */
  #paused: { readonly fiber: Fiber; readonly answer: Answer } | undefined;
  #stuck: Stuck | undefined;
  #fed = 0;
  #cursor: Position = BEFORE_START;
  #rested: Position = BEFORE_START;
  #atMs = 0;
  /** What stands in it, for whom is asked. */
  #stretch: Stretch = { cursor: BEFORE_START, atMs: 0, isOwner: false };
  #cancelledBy: Cancelled | undefined;
  #finished: Extract<Advance, { kind: "finished" }> | undefined;
  #divergence: Divergence | undefined;

  constructor(options: BodyOptions) {
    this.#options = options;
    this.#journal = options.journal;
    this.#codec = options.codec;
    this.#writes = new Writes(options.journal, options.codec);
    this.#derived = new Derived(options.journal);
    this.#scheduler = new Scheduler({
      dropLeaf: (path) => this.#barriers.drop(path),
      unheard: (error) => this.#derived.warn(this.#stretch, unheardTask(error)),
    });
    this.#asking = new Asking({
      ...options,
      writes: this.#writes,
      barriers: this.#barriers,
      scheduler: this.#scheduler,
      derived: this.#derived,
      signals: this.#signals,
    });
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
    return this.#finished?.outcome;
  }

  /** How it finished, where the outcome does not say it. */
  get finishedAs(): OtherEnd | undefined {
    return this.#finished?.as;
  }

  /** Ids of the signals that were read: `continueAsNew` leaves them behind (SEMANTICS 23). */
  get consumed(): readonly string[] {
    return this.#signals.consumed;
  }

  get divergence(): Divergence | undefined {
    return this.#divergence;
  }

  /** Where in the user's source a pending leaf was asked for, if `locate` can tell. */
  sourceOf(path: string): string | undefined {
    return this.#sourceOf(this.#barriers.fiberAt(path));
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

  /**
   * Goes as far as the journal, the role and `fuel` (effects and resumptions) allow. No input
   * beyond `upTo` is fed (SEMANTICS 21).
   */
  advance(role: Role, fuel: number, upTo: number = Number.POSITIVE_INFINITY): Advance {
    this.#upTo = upTo;
    this.#role = role;
    this.#openStretch();
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
      const resumed = this.#resume(fiber, answer);
      if (resumed.kind === "ended") {
        this.#end(fiber, resumed.answer);
        return;
      }
      answer = this.#follow(fiber, this.#asking.ask(fiber, resumed.value, this.#stretch));
    }
  }

  #resume(fiber: Fiber, answer: Answer): Resumed {
    const { enclose } = this.#options;
    if (enclose === undefined) return fiber.resume(answer, this.#begun);
    return enclose(() => fiber.resume(answer, this.#begun));
  }

  #retry(stuck: Stuck): void {
    this.#stuck = undefined;
    const answer = this.#follow(stuck.fiber, this.#asking.write(stuck, this.#stretch));
    if (answer !== undefined) this.#run(stuck.fiber, answer);
  }

  /** Undefined: the fiber does not go on now, or the body does not. */
  #follow(fiber: Fiber, asked: Asked): Answer | undefined {
    if (asked === undefined || "ok" in asked) return asked;
    if (asked.kind === "stuck") this.#stuck = asked;
    else if (asked.kind === "diverged") this.#diverge(asked.divergence, fiber);
    else this.#finish(ok(undefined), asked);
    return;
  }

  #end(fiber: Fiber, answer: Answer): void {
    if (fiber !== this.#root) {
      this.#scheduler.end(fiber, answer);
      return;
    }
    const by = this.#cancelledBy;
    const isCancelled = by !== undefined && !answer.ok && answer.error instanceof Cancelled;
    this.#finish(answer, isCancelled ? { kind: "cancelled", reason: by.message } : undefined);
  }

  /**
   * The root's end ends everything (SEMANTICS 7):
   * what its branches still wait for is not waited for.
   */
  #finish(answer: Answer, as: OtherEnd | undefined): void {
    if (this.#root !== undefined) this.#scheduler.endAll(this.#root);
    this.#barriers.clear();
    const outcome = this.#outcomeOf(answer);
    this.#finished = { kind: "finished", outcome, ...(as === undefined ? {} : { as }) };
  }

  #outcomeOf(answer: Answer): Outcome {
    try {
      if (answer.ok) return { ok: true, value: this.#codec.pack(answer.value) };
      return { ok: false, failure: this.#codec.packError(answer.error) };
    } catch (error) {
      return { ok: false, failure: this.#codec.packError(error) };
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
    if (this.#finished !== undefined) return this.#finished;
    const input = this.#journal.inputs[this.#fed];
    if (input === undefined) return { kind: "blocked" };
    if (this.#role === "standby" && this.#journal.through < input.position) {
      return { kind: "behind" };
    }
    if (input.position > this.#upTo) return { kind: "held" };
    this.#fed++;
    this.#cursor = input.position;
    // A delayed Start is stamped with its time: what came before that is felt then (rule 6).
    this.#atMs = Math.max(this.#atMs, input.atMs);
    this.#openStretch();
    this.#writes.openStretch();
    return this.#feed(input);
  }

  #feed(input: Input): Advance | undefined {
    switch (input.kind) {
      case "start":
        return this.#start();
      case "signal":
        return this.#signal(input);
      case "cancel":
        return this.#cancel(input.reason);
      default:
        return this.#settle(input);
    }
  }

  #signal(signal: SignalInput): Advance | undefined {
    const fiber = this.#barriers.receiver(signal.name);
    if (fiber === undefined) {
      this.#signals.keep(signal);
      return;
    }
    this.#signals.read(signal);
    try {
      this.#scheduler.wake(fiber, ok(this.#codec.decode(signal.value)));
      return;
    } catch (error) {
      return this.#diverge(unreadable("", { kind: "signal", name: signal.name }, error));
    }
  }

  /** Every leaf that is not shielded fails once, in fiber order (SEMANTICS 9). */
  #cancel(reason: string): undefined {
    if (this.#cancelledBy !== undefined || this.#root === undefined) return;
    this.#cancelledBy = new Cancelled(reason);
    this.#scheduler.cancel(this.#root, err(this.#cancelledBy));
  }

  #settle({ effect, outcome }: Extract<Input, { kind: "outcome" }>): Advance | undefined {
    const settled = this.#barriers.settle(effect);
    if (settled.kind === "late") return;
    if (settled.kind === "diverged") return this.#diverge(settled.divergence);
    try {
      const answer: Answer = outcome.ok
        ? ok(this.#valueOf(effect, outcome.value))
        : { ok: false, error: this.#codec.decodeError(outcome.failure) };
      this.#scheduler.wake(settled.fiber, answer);
      return;
    } catch (error) {
      return this.#diverge(unreadable(effect.path, effect, error));
    }
  }

  /** A child that was started is answered by a handle: its id is what is recorded. */
  #valueOf(effect: EffectIdentity, value: Value): unknown {
    const decoded = this.#codec.decode(value);
    if (effect.kind !== "child" || !effect.inputHash.includes(" start ")) return decoded;
    return childHandle(effect.name, String(decoded));
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
    const source = this.#sourceOf(fiber ?? this.#barriers.fiberAt(divergence.path) ?? this.#root);
    this.#divergence = source === undefined ? divergence : { ...divergence, source };
    this.#scheduler.clear();
    return { kind: "diverged", divergence: this.#divergence };
  }

  /** A branch that is an Op by itself stands where its combinator was asked for. */
  #sourceOf(fiber: Fiber | undefined): string | undefined {
    const { locate } = this.#options;
    if (locate === undefined) return;
    for (let each = fiber; each !== undefined; each = each.parent) {
      const stack = each.generator && suspendedStack(each.generator);
      const source = stack === undefined ? undefined : locate(stack);
      if (source !== undefined) return source;
    }
    return;
  }

  #openStretch(): void {
    const isOwner = this.#role === "owner";
    this.#stretch = { cursor: this.#cursor, atMs: this.#atMs, isOwner };
  }
}

const unheardTask = (error: unknown): string =>
  `a task failed, and nobody joined it: ${error instanceof Error ? error.message : String(error)}`;
