// One run of a seed ends whoever runs it, at one kind of place, until somebody has looked at it and
// mended it: by an effect body, or by what its workflow does between two inputs. And the laws of
// rule 21 about it and its neighbours.

import type { Fx } from "../../../workflow/dsl/call.ts";
import { findRun } from "../../../workflow/machine/query.ts";
import type { Run } from "../../../workflow/machine/state.ts";
import { runnerLimits } from "../../../workflow/runner/port.ts";
import type { EffectWorld } from "./effect-world.ts";
import { hashText } from "./ghost.ts";
import { GENERATION, type Locals } from "./locals.ts";
import type { Witness } from "./witness.ts";

export type PoisonKind = "body" | "inputs";

/** Owners that each kind may end. */
const KILLS_MAX: Readonly<Record<PoisonKind, number>> = {
  body: runnerLimits.maxLosses,
  inputs: 2,
};
/** One of so many bodies of the run, and of so many of its steps, is deadly. */
const BODIES = 3;
const STEPS = 8;

export interface PoisonParts {
  /** Undefined: there is none in this world. */
  readonly kind: PoisonKind | undefined;
  /** Which order it is. */
  readonly order: number;
  readonly witness: () => Witness;
  readonly mark: (what: string) => void;
  readonly violation: (law: string, detail: string) => void;
}

export class Poison {
  readonly #parts: PoisonParts;
  readonly #workflowId: string;
  /** Lives that it ended: did it end another one before, at that very place? */
  readonly #ended = new Map<number, { readonly wasKnown: boolean }>();
  /** By place. */
  readonly #kills = new Map<string, number>();
  #isMended: boolean;
  #isReached = false;

  constructor(parts: PoisonParts) {
    this.#parts = parts;
    this.#workflowId = `order-${parts.order}`;
    this.#isMended = parts.kind === undefined;
  }

  hasEnded(life: number): boolean {
    return this.#ended.has(life);
  }

  /** The world outside, as a process reaches it that one of its effect bodies may end. */
  around(world: EffectWorld, life: number): EffectWorld {
    return {
      execute: (fx, fate) => {
        if (this.hasEnded(life)) return new Promise(() => {});
        if (!this.#isDeadly(fx)) return world.execute(fx, fate);
        this.#strike(life, fx.idempotencyKey);
        return world.execute(fx, { value: 0, failsBelow: 0, isFinal: false, hangs: true });
      },
    };
  }

  /** A program of an order came to its next step. */
  reached({ input, ghost }: Locals): void {
    const isPlace = input % GENERATION === this.#parts.order && ghost % STEPS === 0;
    this.#isReached = !this.#isMended && this.#parts.kind === "inputs" && isPlace;
  }

  /** Around each piece of a workflow's code that a process runs. */
  enclose<T>(life: number, step: () => T): T {
    this.#isReached = false;
    const given = step();
    if (this.#isReached && !this.hasEnded(life)) this.#strike(life, "inputs");
    this.#isReached = false;
    return given;
  }

  /** Somebody looked at what was set aside. */
  mend(run: Run): void {
    if (run.workflowId === this.#workflowId) this.#isMended = true;
  }

  /** The run was set aside as poisoned when the process of this life was lost. */
  onPoisoned(run: Run, life: number | undefined): void {
    const ended = life === undefined ? undefined : this.#ended.get(life);
    if (ended === undefined) return;
    if (run.workflowId === this.#workflowId) this.#parts.mark("poison set aside");
    else if (ended.wasKnown) {
      this.#parts.violation("no neighbour of a known poison is set aside (21)", run.id);
    }
  }

  #isDeadly({ workflowId, idempotencyKey }: Fx<EffectWorld>): boolean {
    if (this.#isMended || this.#parts.kind !== "body") return false;
    return workflowId === this.#workflowId && hashText(idempotencyKey) % BODIES === 0;
  }

  #strike(life: number, place: string): void {
    const { kind = "body", mark, violation } = this.#parts;
    const witness = this.#parts.witness();
    const run = findRun(witness.state, this.#workflowId);
    // One that was ended in one stretch may be ended again in a later one.
    const where = kind === "inputs" ? `after ${run?.through}` : "";
    const key = `${run?.id} ${place} ${where}`;
    const before = this.#kills.get(key) ?? 0;
    // One that lost the run, and has not heard of it, ends nobody's owner.
    const isOwner = run !== undefined && witness.ownerAt(run.id, run.epoch) === life;
    this.#ended.set(life, { wasKnown: isOwner && before > 0 });
    if (!isOwner || run.status.kind !== "running") return;
    mark(`poison of ${kind} ends an owner`);
    this.#kills.set(key, before + 1);
    if (before + 1 > KILLS_MAX[kind]) {
      violation(`a poison ends ${KILLS_MAX[kind]} owners at most (21)`, `${key}: ${before + 1}`);
    }
  }
}
