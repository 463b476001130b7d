// RD201 and RD202: an effect that is made and not asked for, and one that is asked for wrongly.

import { ts } from "ts-morph";
import { isGeneratorFunction } from "../analysis/effects.ts";
import type { SinkEdit } from "../analysis/summary.ts";
import { bare } from "../analysis/syntax.ts";
import type { RuleContext } from "./rule.ts";

/** RD201. The effect does nothing; the body goes on as if it had. */
export function checkFloating(node: ts.Node, context: RuleContext): void {
  if (!ts.isCallExpression(node) || !isQuestion(node, context)) return;
  const dropped = whereDropped(node);
  if (dropped === undefined) return;
  const symbol = node.expression.getText();
  context.say({
    ruleId: "RD201",
    node,
    symbol,
    message: `${symbol}(…) is made and never asked for: ${dropped}`,
    help: `yield* ${symbol}(…)`,
    ...fixOf(node),
  });
}

/** RD202. A bare `yield` hands the effect out and asks nothing. */
export function checkYield(node: ts.Node, context: RuleContext): void {
  if (!ts.isYieldExpression(node) || node.asteriskToken !== undefined) return;
  const value = node.expression === undefined ? undefined : bare(node.expression);
  const isAsked =
    value !== undefined && (ts.isCallExpression(value) ? isQuestion(value, context) : false);
  if (!isAsked && !context.isBody) return;
  const at = node.getStart() + "yield".length;
  context.say({
    ruleId: "RD202",
    node,
    symbol: "yield",
    message: "a bare yield asks for no effect: what it gives is undefined",
    help: "yield* asks for an effect and gives its result",
    ...(isAsked ? { fix: [{ file: node.getSourceFile(), start: at, end: at, text: "*" }] } : {}),
  });
}

/** An effect, or an own generator that is not iterated as one. */
function isQuestion(call: ts.CallExpression, { effects }: RuleContext): boolean {
  const name = effects.nameOf(call);
  if (name !== undefined && effects.isRegistration(name)) return false;
  return effects.isEffect(call) || effects.isOwnGenerator(call);
}

/** Where the value gets lost, in words; undefined where somebody has it. */
function whereDropped(call: ts.Node): string | undefined {
  let child = call;
  while (isTransparent(child, child.parent)) child = child.parent;
  const { parent } = child;
  if (ts.isExpressionStatement(parent)) return "it stands by itself";
  if (ts.isVoidExpression(parent)) return "it is thrown away";
  if (ts.isReturnStatement(parent)) return returned(parent);
  if (ts.isArrowFunction(parent)) return lostByCallback(parent);
  if (!ts.isVariableDeclaration(parent)) return;
  return isEverRead(parent) ? undefined : "nobody uses the variable that has it";
}

/** The value of the inner is the value of the outer. */
function isTransparent(child: ts.Node, parent: ts.Node): boolean {
  if (bare(parent) === bare(child) && parent !== child) return true;
  if (ts.isConditionalExpression(parent)) return parent.condition !== child;
  if (!ts.isBinaryExpression(parent)) return false;
  const { kind } = parent.operatorToken;
  if (kind === ts.SyntaxKind.CommaToken) return true;
  const isChoice =
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken;
  return isChoice && parent.right === child;
}

/** `return op` ends a generator with the effect itself as its value. */
function returned(statement: ts.ReturnStatement): string | undefined {
  const owner = ts.findAncestor(statement, ts.isFunctionLike);
  if (owner === undefined) return;
  if (isGeneratorFunction(owner)) return "it is returned, not what it gives";
  return lostByCallback(owner);
}

/** Callbacks whose results nobody gets, and maps whose array nobody keeps. */
function lostByCallback(callback: ts.Node): string | undefined {
  const { parent } = callback;
  if (!ts.isCallExpression(parent) || !ts.isPropertyAccessExpression(parent.expression)) return;
  const method = parent.expression.name.text;
  if (method === "forEach") return "forEach keeps nothing of what its callback gives";
  const isArray = /^(map|flatMap|filter|find|some|every|reduce|sort)$/.test(method);
  if (!isArray) return;
  if (/^(filter|find|some|every|sort)$/.test(method)) return `${method} takes it as true`;
  return whereDropped(parent);
}

function isEverRead({ name }: ts.VariableDeclaration): boolean {
  if (!ts.isIdentifier(name)) return true;
  const scope = ts.findAncestor(name, (node) => ts.isFunctionLike(node) || ts.isSourceFile(node));
  let isRead = false;
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node !== name && node.text === name.text) isRead = true;
    if (!isRead) ts.forEachChild(node, visit);
  };
  if (scope !== undefined) visit(scope);
  return isRead;
}

/** Only where the effect stands in a generator itself: a callback cannot `yield*`. */
function fixOf(call: ts.CallExpression): { readonly fix?: readonly SinkEdit[] } {
  const { parent } = call;
  const owner = ts.findAncestor(call, ts.isFunctionLike);
  const isStatement = ts.isExpressionStatement(parent) || ts.isReturnStatement(parent);
  if (!isStatement || owner === undefined || !isGeneratorFunction(owner)) return {};
  const start = call.getStart();
  return { fix: [{ file: call.getSourceFile(), start, end: start, text: "yield* " }] };
}
