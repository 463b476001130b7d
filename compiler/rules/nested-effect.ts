import { ts } from "ts-morph";
import type { EffectRule, RuleContext } from "../analysis/facts.ts";
import { walkTree } from "../analysis/nodes.ts";
import { effectBodies } from "./effect-body.ts";

/** RD204: an effect's body runs outside of the workflow, on one node: it can ask for nothing. */
export const nestedEffect: EffectRule = (call, name, context) => {
  for (const body of effectBodies(call, name, context)) {
    walkTree(body, (node) => {
      if (!ts.isCallExpression(node)) return;
      const isNested = isAnEffect(node, context);
      if (isNested) report(node, context);
      return !isNested;
    });
  }
};

function isAnEffect(node: ts.CallExpression, { facts, at }: RuleContext): boolean {
  if (facts.effects.isEffectCall(node, at)) return true;
  if (!facts.effects.isGeneratorCall(node, at)) return false;
  return facts.effects
    .callee(node, at)
    .values.some((value) => value.kind === "function" && delegates(value.node));
}

function delegates(code: ts.Node): boolean {
  let found = false;
  walkTree(code, (node) => {
    found ||= ts.isYieldExpression(node) && node.asteriskToken !== undefined;
    return !found;
  });
  return found;
}

function report(node: ts.CallExpression, context: RuleContext): void {
  const symbol = `${node.expression.getText()}()`;
  context.report({
    ruleId: "RD204",
    node,
    symbol,
    message: `the effect ${symbol} inside of an effect's body is never carried out`,
    help: "return what is needed, and ask for the effect in the workflow's body",
    isLocal: true,
  });
}
