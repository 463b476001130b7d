// What a test waits for: a place that a run comes to.

import { type AnyWorkflow, isWorkflow, type Workflow } from "../../workflow/dsl/define.ts";
import type { EffectIdentity } from "../../workflow/dsl/record.ts";
import { isSignal } from "../../workflow/dsl/signal.ts";
import type { Step } from "../../workflow/dsl/step.ts";
import type { Barrier } from "../../workflow/interpreter/body.ts";
import { isStep, refused } from "../arguments.ts";
import type { AnySignal } from "../step/shape.ts";

/** A step, a signal or a child by reference; a kind of effect, or a compute by its name. */
export type WaitedFor =
  | Step<never, unknown>
  | AnySignal
  | AnyWorkflow
  | "sleep"
  | { readonly compute: string };

/** A place that a run comes to. */
export interface Place {
  /** In words: `step charge`. */
  readonly words: string;
  isAt(barrier: Barrier, hash: (value: unknown) => string): boolean;
}

/**
 * The run has come to rest, all that it wrote is accepted, and it waits for this: a step of this
 * input, if one is given, for a signal, for a child, or in a sleep.
 */
export function waitingFor<I>(step: Step<I, unknown>, ...input: [input?: I]): Place;
export function waitingFor<I>(child: Workflow<I, unknown>, ...input: [input?: I]): Place;
export function waitingFor(what: WaitedFor): Place;
export function waitingFor(what: WaitedFor, ...input: readonly unknown[]): Place {
  checkWaitedFor(what);
  const isIt = matcher(what);
  return {
    words: wordsOf(what),
    isAt: ({ effect, child }, hash) => {
      if (!isIt(effect)) return false;
      return input.length === 0 || hash(input[0]) === (child?.start?.inputHash ?? effect.inputHash);
    },
  };
}

/** @throws RaftoralError `invalid-argument` */
export function checkPlace(place: unknown): void {
  const isOne = typeof place === "object" && place !== null && "isAt" in place;
  if (!isOne) throw refused("run.until", "waitingFor(…), or a function that says when", place);
}

function checkWaitedFor(what: unknown): void {
  if (what === "sleep" || isStep(what) || isWorkflow(what) || isSignal(what)) return;
  if (typeof what === "object" && what !== null && "compute" in what) return;
  throw refused("waitingFor", 'a step, a signal, a workflow, "sleep" or { compute: name }', what);
}

function matcher(what: WaitedFor): (effect: EffectIdentity) => boolean {
  if (what === "sleep") return ({ kind }) => kind === what;
  if ("compute" in what) return ({ kind, name }) => kind === "compute" && name === what.compute;
  if ("stepName" in what) return ({ kind, name }) => kind === "step" && name === what.stepName;
  if ("run" in what) {
    return ({ kind, name }) => (kind === "child" || kind === "childEnd") && name === what.name;
  }
  return ({ kind, name }) => kind === "receive" && name === what.name;
}

function wordsOf(what: WaitedFor): string {
  if (what === "sleep") return what;
  if ("compute" in what) return `compute ${what.compute}`;
  if ("stepName" in what) return `step ${what.stepName}`;
  return `${"run" in what ? "child" : "signal"} ${what.name}`;
}
