import { ts } from "ts-morph";
import type { RuleContext } from "../analysis/facts.ts";
import { functionAround } from "../analysis/nodes.ts";

/** RD202: `yield op` hands the interpreter something that it did not ask for. */
export function plainYield(node: ts.YieldExpression, context: RuleContext): void {
  if (node.asteriskToken !== undefined) return;
  const { expression } = node;
  const isOwn = context.isBody && functionAround(node) === context.at.code;
  const isEffect = expression !== undefined && isAsked(expression, context);
  if (!isOwn && !isEffect) return;
  const end = node.getStart() + "yield".length;
  context.report({
    ruleId: "RD202",
    node,
    symbol: "yield",
    message: isEffect
      ? "an effect is asked for by yield: it gives nothing back"
      : "a workflow body yields what is no effect",
    help: "yield* …",
    isLocal: true,
    ...(isEffect ? { fix: [{ start: end, end, text: "*" }] } : {}),
  });
}

function isAsked(expression: ts.Expression, { facts, at }: RuleContext): boolean {
  const { effects } = facts;
  if (effects.isEffect(expression, at) || effects.isGeneratorCall(expression, at)) return true;
  return (
    !ts.isLiteralExpression(expression) &&
    facts.language.isEffectType(facts.types.typeAt(expression))
  );
}
