// What a test says a branch waits at, and what type its answer then has.

import { isSignal, type Signal } from "../../workflow/dsl/signal.ts";
import type { Step } from "../../workflow/dsl/step.ts";
import { checkObject, isStep as isAnyStep, refused } from "../arguments.ts";
import type { Waiting } from "./current.ts";

/**
 * A step or a signal by reference; or a kind of effect; "branch" for a helper of any shape. A timer
 * of any sort is a "sleep".
 */
export type Expected = Step<never, unknown> | AnySignal | "sleep" | "compute" | "branch";

/** A signal of any type. */
export interface AnySignal {
  readonly name: string;
}

export type Shape = Readonly<Record<string, Expected>>;

/** Labels of a shape: of a list of branches they are its indexes. */
export type LabelOf<S> = `${keyof S & (string | number)}`;

/** What a shape says of one label. */
export type ExpectedAt<S, L> = {
  readonly [K in keyof S & (string | number)]: `${K}` extends L ? S[K] : never;
}[keyof S & (string | number)];

/** What `win` takes beside the label. */
export type AnswerOf<E> = E extends "sleep"
  ? []
  : E extends Step<never, infer R>
    ? Value<R>
    : E extends Signal<infer T, unknown>
      ? Value<T>
      : [value: unknown];

type Value<T> = undefined extends T ? [value?: T] : [value: T];

const KINDS: readonly unknown[] = ["sleep", "compute", "branch"];

/** @throws RaftoralError `invalid-argument` */
export function checkAsked(shape: unknown, of: string): void {
  checkObject(shape, of, "what each of its branches waits at, by its label");
  for (const [label, expected] of Object.entries(Object(shape))) {
    if (KINDS.includes(expected) || isAnyStep(expected) || isSignal(expected)) continue;
    throw refused(`${of}: ${label}`, 'a step, a signal, "sleep", "compute" or "branch"', expected);
  }
}

/** Does the branch wait at what was expected? A branch that is done waits at nothing. */
export function isAt(waiting: Waiting | undefined, expected: Expected): boolean {
  if (expected === "branch") return true;
  if (expected === "sleep") return waiting?.kind === "sleep" || waiting?.kind === "sleepUntil";
  if (expected === "compute") return waiting?.kind === "compute";
  if (isStep(expected)) return waiting?.kind === "step" && waiting.name === expected.stepName;
  return waiting?.kind === "receive" && waiting.name === expected.name;
}

const isStep = (expected: Step<never, unknown> | AnySignal): expected is Step<never, unknown> =>
  "stepName" in expected;

export function expectedText(expected: Expected): string {
  if (typeof expected === "string") return expected;
  return isStep(expected) ? `step ${expected.stepName}` : `receive ${expected.name}`;
}

export const shapeText = (shape: Shape): string =>
  `{ ${Object.entries(shape)
    .map(([label, expected]) => `${label}: ${expectedText(expected)}`)
    .join(", ")} }`;
