// What a test says a branch waits at, and what type its answer then has.

import type { Step } from "../../workflow/dsl/step.ts";
import type { Waiting } from "./current.ts";

/** A step by reference; or a kind of effect; "branch" for a helper of any shape. */
export type Expected = Step<never, unknown> | "sleep" | "compute" | "branch";

export type Shape = Readonly<Record<string, Expected>>;

/** What `win` takes beside the label. */
export type AnswerOf<E> = E extends "sleep"
  ? []
  : E extends Step<never, infer R>
    ? undefined extends R
      ? [value?: R]
      : [value: R]
    : [value: unknown];

/** Does the branch wait at what was expected? A branch that is done waits at nothing. */
export function isAt(waiting: Waiting | undefined, expected: Expected): boolean {
  if (expected === "branch") return true;
  if (typeof expected === "string") return waiting?.kind === expected;
  return waiting?.kind === "step" && waiting.name === expected.stepName;
}

export const expectedText = (expected: Expected): string =>
  typeof expected === "string" ? expected : `step ${expected.stepName}`;

export const shapeText = (shape: Shape): string =>
  `{ ${Object.entries(shape)
    .map(([label, expected]) => `${label}: ${expectedText(expected)}`)
    .join(", ")} }`;
