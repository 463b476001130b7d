import { ts } from "ts-morph";
import type { EffectRule, RuleContext } from "../analysis/facts.ts";
import { functionAround, isGenerator, wrapped } from "../analysis/nodes.ts";
import type { Replacement } from "../analysis/summary.ts";
import { usageOf } from "./usage.ts";

/** RD201: an effect that nobody asks for. Made is not done. */
export const floatingEffect: EffectRule = (call, name, context) => {
  if (usageOf(call, usageContext(context)) !== "dropped") return;
  const symbol = shown(call, name);
  const fix = fixOf(call);
  context.report({
    ruleId: "RD201",
    node: call,
    symbol,
    message: `the effect ${symbol} is made and never asked for`,
    help: `yield* ${symbol}`,
    isLocal: true,
    ...(fix === undefined ? {} : { fix }),
  });
};

/** The same for a helper: calling a generator function runs nothing. */
export const floatingGenerator: EffectRule = (call, _name, context) => {
  if (!context.facts.effects.isGeneratorCall(call, context.at)) return;
  if (!isStatement(call) && !isUnusedVariable(call, context)) return;
  floatingEffect(call, "helper", context);
};

function isStatement(call: ts.CallExpression): boolean {
  const { parent } = wrapped(call);
  return !ts.isVariableDeclaration(parent) && !ts.isTemplateSpan(parent);
}

function isUnusedVariable(call: ts.CallExpression, context: RuleContext): boolean {
  return usageOf(call, usageContext(context)) === "dropped";
}

const usageContext = ({ facts, at, isBody }: RuleContext) => ({
  types: facts.types,
  body: isBody ? at.code : undefined,
});

function shown(call: ts.CallExpression, name: string): string {
  const [first] = call.arguments;
  const callee = call.expression.getText();
  const isShort = callee.length < 40 && !callee.includes("\n");
  const key = first !== undefined && ts.isStringLiteralLike(first) ? `"${first.text}"` : "";
  const rest = call.arguments.length > (key === "" ? 0 : 1) ? "…" : "";
  return `${isShort ? callee : name}(${key}${key !== "" && rest !== "" ? ", " : ""}${rest})`;
}

/** Safe where the effect stands alone in a generator, or is what a variable or an `if` gets. */
function fixOf(call: ts.CallExpression): readonly Replacement[] | undefined {
  const owner = functionAround(call);
  const { parent } = call;
  const isPlain =
    ts.isExpressionStatement(parent) ||
    ts.isVariableDeclaration(parent) ||
    ts.isReturnStatement(parent) ||
    ts.isIfStatement(parent);
  if (owner === undefined || !isGenerator(owner) || !isPlain) return undefined;
  const start = call.getStart();
  return [{ start, end: start, text: "yield* " }];
}
