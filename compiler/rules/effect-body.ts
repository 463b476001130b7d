import type { ts } from "ts-morph";
import type { RuleContext } from "../analysis/facts.ts";
import { effectBodyAt } from "../analysis/language.ts";
import { bare, type FunctionNode } from "../analysis/nodes.ts";

/** The effect bodies of a call of `compute` or `step`, or of a step's call: as far as in sight. */
export function effectBodies(
  call: ts.CallExpression,
  name: string,
  { facts, at }: RuleContext,
): readonly FunctionNode[] {
  const made = name === "step()" ? stepOf(call, { facts, at }) : call;
  const position = effectBodyAt(name === "step()" ? "step" : name);
  const body = made?.arguments[position];
  if (position < 0 || body === undefined) return [];
  return facts.values
    .of(body, made === call ? at : undefined)
    .flatMap((value) => (value.kind === "function" ? [value.node] : []));
}

/** The definition of the step that is called. */
function stepOf(
  call: ts.CallExpression,
  { facts, at }: Pick<RuleContext, "facts" | "at">,
): ts.CallExpression | undefined {
  for (const value of facts.values.of(bare(call.expression), at)) {
    if (value.kind === "made" && value.by === "step") return value.call;
  }
  return undefined;
}
