// What each effect that a fiber yields comes to: an answer at hand, a wait, or a halt of the body.
// Every effect but derived ones and `patched` takes the fiber's next path, whatever it comes to.

import type { Path, Position } from "../../std/ids.ts";
import { err, ok } from "../../std/result.ts";
import { askedEffect, type Effect, taskHandle } from "../dsl/effect.ts";
import type { Divergence, OtherEnd } from "../dsl/record.ts";
import { markFinal } from "../dsl/retry.ts";
import type { ValueCodec } from "../dsl/value-codec.ts";
import { type Barriers, barrierOf, type LeafEffect } from "./barriers.ts";
import type { CombineEffect } from "./combine.ts";
import type { Derived } from "./derived.ts";
import { otherRecord, unreadable } from "./divergence.ts";
import { type Answer, Fiber } from "./fiber.ts";
import type { Journal } from "./journal.ts";
import { foreignTask, noEffect, ownTask } from "./misuse.ts";
import { cancelled, type Scheduler } from "./scheduler.ts";
import type { Signals } from "./signals.ts";
import type { WriteEffect, Writes } from "./writes.ts";

/** The stretch in which it is asked. */
export interface Stretch {
  readonly cursor: Position;
  /** The stamp of the input at the cursor (SEMANTICS 6). */
  readonly atMs: number;
  readonly isOwner: boolean;
}

/** A write that has to wait for the journal: the whole body waits with it. */
export interface Stuck {
  readonly kind: "stuck";
  readonly fiber: Fiber;
  readonly effect: WriteEffect;
  readonly path: Path;
}

/** Undefined: the fiber does not go on now. */
export type Asked =
  | Answer
  | Stuck
  | { readonly kind: "diverged"; readonly divergence: Divergence }
  | Extract<OtherEnd, { kind: "continued" }>
  | undefined;

export interface AskingParts {
  readonly journal: Journal;
  readonly codec: ValueCodec;
  readonly writes: Writes;
  readonly barriers: Barriers;
  readonly scheduler: Scheduler;
  readonly derived: Derived;
  readonly signals: Signals;
}

export class Asking {
  readonly #parts: AskingParts;

  constructor(parts: AskingParts) {
    this.#parts = parts;
  }

  ask(fiber: Fiber, yielded: unknown, at: Stretch): Asked {
    const effect = askedEffect(yielded);
    if (effect === undefined) return err(noEffect(yielded));
    switch (effect.kind) {
      case "checkpoint":
      case "variable":
      case "set":
        return this.write({ kind: "stuck", fiber, effect, path: fiber.nextPath() }, at);
      case "compute":
      case "step":
      case "sleep":
      case "sleepUntil":
      case "receive":
      case "child":
      case "childEnd":
        return this.#suspend(fiber, effect, at);
      case "all":
      case "race":
      case "allSettled":
      case "any":
      case "map":
      case "shield":
      case "saga":
        return this.#fork(fiber, effect);
      case "patched": {
        const path = this.#parts.writes.patchPath(effect.name);
        return this.write({ kind: "stuck", fiber, effect, path }, at);
      }
      default:
        return this.#ofBody(fiber, effect, at);
    }
  }

  /** A write, for the first time or again: what was missing in the journal may be there now. */
  write(asked: Stuck, { cursor, isOwner }: Stretch): Asked {
    const { effect, path } = asked;
    const written = this.#parts.writes.ask(effect, { path, cursor, mayPropose: isOwner });
    if (written.kind === "answer") return written.answer;
    return written.kind === "missing" ? asked : written;
  }

  /** Effects that leave no record. */
  #ofBody(
    fiber: Fiber,
    effect: Exclude<Effect, WriteEffect | LeafEffect | CombineEffect>,
    at: Stretch,
  ): Asked {
    const { derived, journal } = this.#parts;
    switch (effect.kind) {
      case "spawn":
        return this.#spawn(fiber, effect);
      case "join":
        return this.#join(fiber, effect);
      case "cancelTask":
        return this.#cancelTask(effect);
      case "fail":
        return err(markFinal(effect.error));
      case "continueAsNew":
        return this.#continue(effect.input);
      default: {
        const isNew = at.isOwner && journal.through < at.cursor;
        return ok(derived.answer(effect, { atMs: at.atMs, isNew }));
      }
    }
  }

  #suspend(fiber: Fiber, effect: LeafEffect, { cursor, atMs }: Stretch): Asked {
    const { barriers, codec, journal, scheduler } = this.#parts;
    const path = fiber.nextPath();
    const other = this.#writeAt(path, effect);
    if (other !== undefined) return other;
    const barrier = barrierOf(effect, { path, cursor, atMs, runId: journal.id }, codec);
    if (!barrier.ok) return barrier;
    if (scheduler.feelsCancellation(fiber)) {
      barriers.drop(path);
      return;
    }
    if (effect.kind === "receive") {
      const taken = this.#take(effect.name, path);
      if (taken !== undefined) return taken;
    }
    fiber.wait = { kind: "leaf", path };
    barriers.add(fiber, barrier.value);
    return;
  }

  /** One that was fed and is unread is taken synchronously (SEMANTICS 3). */
  #take(name: string, path: Path): Asked {
    const { barriers, codec, signals } = this.#parts;
    const signal = signals.take(name);
    if (signal === undefined) return;
    barriers.drop(path);
    try {
      return ok(codec.decode(signal.value));
    } catch (error) {
      return { kind: "diverged", divergence: unreadable(path, { kind: "signal", name }, error) };
    }
  }

  #fork(fiber: Fiber, effect: CombineEffect): Asked {
    const path = fiber.nextPath();
    return this.#writeAt(path, effect) ?? this.#parts.scheduler.fork(fiber, effect, path);
  }

  #spawn(fiber: Fiber, effect: Extract<Effect, { kind: "spawn" }>): Asked {
    const path = fiber.nextPath();
    const other = this.#writeAt(path, effect);
    if (other !== undefined) return other;
    return ok(taskHandle(this.#parts.scheduler.spawn(fiber, effect.branch, path)));
  }

  #join(fiber: Fiber, effect: Extract<Effect, { kind: "join" }>): Asked {
    const path = fiber.nextPath();
    const other = this.#writeAt(path, effect);
    if (other !== undefined) return other;
    const { task } = effect;
    if (!this.#isOwn(task)) return err(foreignTask());
    return task === fiber ? err(ownTask()) : this.#parts.scheduler.join(fiber, task, path);
  }

  #cancelTask({ task, reason }: Extract<Effect, { kind: "cancelTask" }>): Asked {
    if (!this.#isOwn(task)) return err(foreignTask());
    this.#parts.scheduler.cancelTask(task, cancelled(reason));
    return ok(undefined);
  }

  #isOwn(task: object): task is Fiber {
    return task instanceof Fiber && this.#parts.scheduler.has(task);
  }

  #continue(input: unknown): Asked {
    const { codec } = this.#parts;
    try {
      return { kind: "continued", input: codec.pack(input), inputHash: codec.hash(input) };
    } catch (error) {
      return err(error);
    }
  }

  /** The journal has a write where the body asks for something that writes nothing. */
  #writeAt(path: Path, effect: Effect): Extract<Asked, { kind: "diverged" }> | undefined {
    const record = this.#parts.journal.writes.get(path);
    if (record === undefined) return;
    return { kind: "diverged", divergence: otherRecord(path, record, effect) };
  }
}
