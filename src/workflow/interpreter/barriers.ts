// The leaves that branches are suspended at, and which outcome wakes whom (SEMANTICS 5, 19).
// I1. a path is registered once; it is pending or settled, never both.

import type { Path, Position, RunId } from "../../std/ids.ts";
import { err, ok, type Result } from "../../std/result.ts";
import type { CallBody, CallOptions } from "../dsl/call.ts";
import { durationMs } from "../dsl/duration.ts";
import type { Effect, ParentClose } from "../dsl/effect.ts";
import type { Divergence, EffectIdentity, Value } from "../dsl/record.ts";
import type { AnySchema } from "../dsl/schema.ts";
import type { ValueCodec } from "../dsl/value-codec.ts";
import { otherEffect, unaskedOutcome } from "./divergence.ts";
import type { Fiber } from "./fiber.ts";

export type LeafEffect = Extract<
  Effect,
  { kind: "compute" | "step" | "sleep" | "sleepUntil" | "receive" | "child" | "childEnd" }
>;

/** A leaf that a branch is suspended at. */
export interface Barrier {
  readonly effect: EffectIdentity;
  /** Cursor of the stretch that asked for it. */
  readonly registeredAt: Position;
  /** Of a sleep, a `receive` with a time-out, a call with one for all: log time when it is over. */
  readonly dueMs?: number;
  /** Of a compute or step. */
  readonly call?: BarrierCall;
  readonly child?: BarrierChild;
  /** What a step's or a child's input, or a signal's value, must fit: asked by who acts, alone. */
  readonly schema?: AnySchema | undefined;
}

/** Another run that is started, waited for, or both. */
export interface BarrierChild {
  readonly workflowId: string;
  /** Undefined: it was started by another effect. */
  readonly start?: {
    readonly name: string;
    readonly version: number;
    /** Packed, as it was given: what a schema makes of it the owner finds out, and records. */
    readonly input: Value;
    readonly inputHash: string;
    readonly parentClose: ParentClose;
    readonly waitsFor: "start" | "end";
  };
}

export interface BarrierCall {
  readonly body: CallBody;
  readonly options: CallOptions;
  /**
   * As it was when it was asked for; each read gives a fresh copy,
   * so that no attempt changes another's.
   */
  readonly input: unknown;
}

/** Where and when a leaf was asked for. */
export interface Asked {
  readonly path: Path;
  readonly cursor: Position;
  readonly atMs: number;
  readonly runId: RunId;
}

interface Waiting extends Barrier {
  readonly fiber: Fiber;
}

export type Settled =
  | { readonly kind: "woken"; readonly fiber: Fiber }
  /** The path was settled before: the loser of a race, a body that ran twice (SEMANTICS 5). */
  | { readonly kind: "late" }
  | { readonly kind: "diverged"; readonly divergence: Divergence };

export class Barriers {
  readonly #pending = new Map<Path, Waiting>();
  readonly #settled = new Set<Path>();
  /** Paths of `receive`s by the signal's name, in the order in which they were asked for. */
  readonly #receivers = new Map<string, Set<Path>>();

  /** In the order in which they were asked for. */
  get pending(): ReadonlyMap<Path, Barrier> {
    return this.#pending;
  }

  add(fiber: Fiber, barrier: Barrier): void {
    const { kind, name, path } = barrier.effect;
    this.#pending.set(path, Object.assign(barrier, { fiber }));
    if (kind !== "receive") return;
    const receivers = this.#receivers.get(name) ?? new Set();
    this.#receivers.set(name, receivers.add(path));
  }

  /** Its branch was cancelled: what still comes for this path is late. */
  drop(path: Path): void {
    const effect = this.#pending.get(path)?.effect;
    if (effect?.kind === "receive") this.#receivers.get(effect.name)?.delete(path);
    this.#pending.delete(path);
    this.#settled.add(path);
  }

  /** Settles the `receive` of this signal that has waited longest; undefined: nobody waits. */
  receiver(name: string): Fiber | undefined {
    const path = this.#receivers.get(name)?.values().next().value;
    const waiting = path === undefined ? undefined : this.#pending.get(path);
    if (waiting === undefined) return;
    this.drop(waiting.effect.path);
    return waiting.fiber;
  }

  /** Who waits there: a search, for reports only. */
  fiberAt(path: string): Fiber | undefined {
    for (const [at, { fiber }] of this.#pending) if (at === path) return fiber;
    return;
  }

  clear(): void {
    this.#pending.clear();
  }

  settle(recorded: EffectIdentity): Settled {
    const { path } = recorded;
    const waiting = this.#pending.get(path);
    if (waiting === undefined) {
      if (this.#settled.has(path)) return { kind: "late" };
      return { kind: "diverged", divergence: unaskedOutcome(recorded) };
    }
    const { effect, fiber } = waiting;
    if (
      effect.kind !== recorded.kind ||
      effect.name !== recorded.name ||
      effect.inputHash !== recorded.inputHash
    ) {
      return { kind: "diverged", divergence: otherEffect(recorded, effect) };
    }
    this.drop(path);
    return { kind: "woken", fiber };
  }
}

/** The barrier that a leaf effect makes; an error where its input cannot be recorded. */
export function barrierOf(
  effect: LeafEffect,
  asked: Asked,
  codec: ValueCodec,
): Result<Barrier, unknown> {
  const { path, cursor, atMs } = asked;
  if (effect.kind === "child" || effect.kind === "childEnd") return childOf(effect, asked, codec);
  if (effect.kind === "sleep" || effect.kind === "sleepUntil" || effect.kind === "receive") {
    return ok({ registeredAt: cursor, ...timed(effect, path, atMs) });
  }
  const { kind, name, body, options } = effect;
  if (kind === "compute") {
    return ok({
      effect: { path, kind, name, inputHash: "" },
      registeredAt: cursor,
      call: { body, options, input: undefined },
      ...deadline(options, atMs),
    });
  }
  try {
    const inputHash = codec.hash(effect.input);
    const call = callOf(effect, codec);
    const identity = { path, kind, name, inputHash };
    const { schema } = effect;
    return ok({ effect: identity, registeredAt: cursor, call, schema, ...deadline(options, atMs) });
  } catch (error) {
    return err(error);
  }
}

function deadline({ totalTimeout }: CallOptions, atMs: number): Pick<Barrier, "dueMs"> {
  return totalTimeout === undefined ? {} : { dueMs: atMs + durationMs(totalTimeout) };
}

/** Timers are due at `now` + duration (SEMANTICS 6). */
function timed(
  effect: Extract<LeafEffect, { kind: "sleep" | "sleepUntil" | "receive" }>,
  path: Path,
  atMs: number,
): Pick<Barrier, "effect" | "dueMs" | "schema"> {
  switch (effect.kind) {
    case "sleep": {
      const { kind, durationMs } = effect;
      const identity = { path, kind, name: "", inputHash: String(durationMs) };
      return { effect: identity, dueMs: atMs + durationMs };
    }
    case "sleepUntil": {
      const { untilMs } = effect;
      const identity = { path, kind: "sleep", name: "", inputHash: `until ${untilMs}` } as const;
      return { effect: identity, dueMs: untilMs };
    }
    default: {
      const { kind, name, timeoutMs, schema } = effect;
      if (timeoutMs === undefined) return { effect: { path, kind, name, inputHash: "" }, schema };
      const identity = { path, kind, name, inputHash: String(timeoutMs) };
      return { effect: identity, dueMs: atMs + timeoutMs, schema };
    }
  }
}

function childOf(
  effect: Extract<LeafEffect, { kind: "child" | "childEnd" }>,
  { path, cursor, runId }: Asked,
  codec: ValueCodec,
): Result<Barrier, unknown> {
  const { kind, name } = effect;
  const registeredAt = cursor;
  if (effect.kind === "childEnd") {
    const { workflowId } = effect;
    const identity = { path, kind, name, inputHash: workflowId };
    return ok({ effect: identity, registeredAt, child: { workflowId } });
  }
  const { version, id = `${runId}/${path}`, parentClose, waitsFor, schema } = effect;
  try {
    const input = codec.pack(effect.input);
    const inputHash = codec.hash(effect.input);
    // What is waited for belongs to the question: other answers come of it.
    const identity = { path, kind, name, inputHash: `${version} ${waitsFor} ${inputHash}` };
    const start = { name, version, input, inputHash, parentClose, waitsFor };
    return ok({ effect: identity, registeredAt, child: { workflowId: id, start }, schema });
  } catch (error) {
    return err(error);
  }
}

function callOf(
  { body, options, input }: Extract<LeafEffect, { kind: "step" }>,
  codec: ValueCodec,
): BarrierCall {
  if (typeof input !== "object" || input === null) return { body, options, input };
  const copy = codec.pack(input);
  return {
    body,
    options,
    get input() {
      return codec.unpack(copy);
    },
  };
}
