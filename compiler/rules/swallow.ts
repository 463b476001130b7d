import { ts } from "ts-morph";
import type { FunctionRule, RuleContext } from "../analysis/facts.ts";
import { bare, hasOwn, isAccess, memberText, rootName, walkOwn } from "../analysis/nodes.ts";

/**
 * RD208: the engine ends a run, or the loser of a race, by throwing at an effect. A catch around
 * effects that takes everything keeps it from its end.
 */
export const swallow: FunctionRule = {
  kinds: [ts.SyntaxKind.TryStatement],
  read: readTries,
};

function readTries(code: ts.Node, context: RuleContext): void {
  walkOwn(code, (node) => {
    const isTry = ts.isTryStatement(node) && node.catchClause !== undefined;
    if (!isTry || !delegatesIn(node.tryBlock)) return;
    if (!letsThrough(node.catchClause, context)) report(node.catchClause, context);
  });
}

export function delegatesIn(node: ts.Node): boolean {
  return hasOwn(node, (child) => ts.isYieldExpression(child) && child.asteriskToken !== undefined);
}

function letsThrough(clause: ts.CatchClause, context: RuleContext): boolean {
  return hasOwn(clause.block, (node) => ts.isThrowStatement(node) || tests(node, clause, context));
}

/** The caught value is looked at: `instanceof`, `e.code === …`, a function that tells. */
function tests(node: ts.Node, clause: ts.CatchClause, context: RuleContext): boolean {
  const name = clause.variableDeclaration?.name;
  if (name === undefined) return false;
  const isCaught = (expression: ts.Expression): boolean => {
    const root = rootName(expression);
    return root !== undefined && ts.isIdentifier(name) && root.text === name.text;
  };
  if (ts.isBinaryExpression(node)) return isTest(node, isCaught);
  if (ts.isSwitchStatement(node)) return isCaught(node.expression);
  if (!ts.isCallExpression(node) || !node.arguments.some((each) => isCaught(bare(each))))
    return false;
  return asksOrThrows(node, context);
}

const COMPARES: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.InstanceOfKeyword,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.InKeyword,
]);

function isTest(node: ts.BinaryExpression, isCaught: (node: ts.Expression) => boolean): boolean {
  return COMPARES.has(node.operatorToken.kind) && (isCaught(node.left) || isCaught(node.right));
}

/** `isDeclined(e)` decides; `rethrow(e)` throws. */
function asksOrThrows(node: ts.CallExpression, { facts, at }: RuleContext): boolean {
  const callee = bare(node.expression);
  const name = isAccess(callee) ? memberText(callee) : callee.getText();
  if (/^(?:is|has|assert|rethrow|throw)[A-Z]?/.test(name ?? "")) return true;
  return facts.values
    .of(callee, at)
    .some((value) => value.kind === "function" && hasOwn(value.node, ts.isThrowStatement));
}

function report(clause: ts.CatchClause, context: RuleContext): void {
  context.report({
    ruleId: "RD208",
    node: clause,
    symbol: "catch",
    message: "this catch takes whatever the effects in its try throw, a cancellation too",
    help: "test the error, and throw what is not yours again",
    isLocal: true,
  });
}
