// What the types refuse and plain JavaScript can still do: thrown into the body at its place.

import { invalidArgument, type RaftoralError } from "../../errors.ts";
import { opEffect } from "../dsl/effect.ts";

/** Something was yielded that is no `yield*` on an effect. */
export function noEffect(yielded: unknown): RaftoralError {
  const effect = opEffect(yielded);
  if (effect !== undefined) {
    return invalidArgument(
      `an effect is asked for by "yield*": a bare "yield" of a ${effect.kind} is none`,
    );
  }
  return invalidArgument(
    `a workflow yields effects, by "yield*", not ${tagOf(yielded)}${hint(yielded)}`,
  );
}

/** A run or a branch that is neither generator nor effect. */
export const noGenerator = (source: unknown): RaftoralError =>
  invalidArgument(
    `expected a generator (function*) or an effect, not ${tagOf(source)}${hint(source)}`,
  );

/** It would end at once with undefined, as if that were its result. */
export const begunBefore = (): RaftoralError =>
  invalidArgument("a generator object runs once: make one for each branch, or pass the function");

/** Tasks live in the body that spawned them. */
export const foreignTask = (): RaftoralError =>
  invalidArgument(
    "this task belongs to another run: a task is joined and cancelled where it was spawned",
  );

export const ownTask = (): RaftoralError =>
  invalidArgument("a task that joins itself would never end");

export const isGenerator = (value: unknown): boolean => tagOf(value) === "Generator";

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

function hint(value: unknown): string {
  const isAsync = tagOf(value) === "Promise" || tagOf(value) === "AsyncGenerator";
  return isAsync ? ": between its effects it is synchronous; async code belongs in a step" : "";
}
