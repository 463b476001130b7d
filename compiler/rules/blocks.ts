// RD208, RD209, RD210 and RD212: effects in catch, finally and loops, and generators used twice.

import { ts } from "ts-morph";
import { bare } from "../analysis/syntax.ts";
import type { RuleContext } from "./rule.ts";

/** RD208. What the engine throws to cancel a branch ends here. */
export function checkCatch(node: ts.Node, context: RuleContext): void {
  if (!ts.isTryStatement(node) || node.catchClause === undefined) return;
  const { catchClause, tryBlock } = node;
  if (!asksInside(tryBlock) || !isSwallowing(catchClause)) return;
  context.say({
    ruleId: "RD208",
    node: catchClause,
    symbol: "catch",
    message: "this catch swallows whatever an effect throws, cancellation too",
    help: "test what was caught, and throw it on if it is not what you expected",
  });
}

/** RD209. It runs when the branch is abandoned, too. */
export function checkFinally(node: ts.Node, context: RuleContext): void {
  if (!ts.isTryStatement(node) || node.finallyBlock === undefined) return;
  const asked = firstYield(node.finallyBlock);
  if (asked === undefined) return;
  context.say({
    ruleId: "RD209",
    node: asked,
    symbol: "finally",
    message: "this effect in finally runs on success, failure and cancellation alike",
    help: "a saga undoes by effects on failure alone",
  });
}

/** RD210. A generator that has ended gives undefined the second time. */
export function checkReuse(node: ts.Node, context: RuleContext): void {
  if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name)) return;
  const made = node.initializer === undefined ? undefined : bare(node.initializer);
  if (made === undefined || !ts.isCallExpression(made)) return;
  if (!context.effects.isOwnGenerator(made)) return;
  const scope = ts.findAncestor(node, ts.isFunctionLike);
  const uses = scope === undefined ? [] : delegationsOf(node.name, scope);
  const [first] = uses;
  const again =
    uses.find((use) => first !== undefined && use !== first && !areExclusive(first, use)) ??
    uses.find((use) => isInLoopWithout(use, node));
  if (again === undefined) return;
  context.say({
    ruleId: "RD210",
    node: again,
    symbol: node.name.text,
    message: `the generator "${node.name.text}" is delegated to more than once: it runs once`,
    help: `call the function each time: yield* ${made.expression.getText()}(…)`,
  });
}

/** RD212. Its history grows until the run is stopped. */
export function checkLoop(node: ts.Node, context: RuleContext): void {
  const body = endlessBody(node);
  if (body === undefined || !asksInside(body) || leaves(body)) return;
  context.say({
    ruleId: "RD212",
    node,
    symbol: "loop",
    message: "this loop of effects has no end: its history grows without limit",
    help: "leave it by break or return, or go on by yield* continueAsNew(input)",
  });
}

const FUNCTION_ENDS = (node: ts.Node): boolean => ts.isFunctionLike(node);

/** Looks at what runs with a block: functions inside of it do not. */
function some(block: ts.Node, is: (node: ts.Node) => boolean): boolean {
  if (is(block)) return true;
  return ts.forEachChild(block, (child) => !FUNCTION_ENDS(child) && some(child, is)) === true;
}

const asksInside = (block: ts.Node): boolean => some(block, ts.isYieldExpression);

function firstYield(block: ts.Node): ts.Node | undefined {
  let found: ts.Node | undefined;
  some(block, (node) => {
    if (!ts.isYieldExpression(node)) return false;
    found = node;
    return true;
  });
  return found;
}

/** Neither thrown on, nor tested, nor used for anything but a log line. */
function isSwallowing({ block, variableDeclaration }: ts.CatchClause): boolean {
  if (some(block, ts.isThrowStatement)) return false;
  const name = variableDeclaration?.name;
  if (name === undefined) return true;
  if (!ts.isIdentifier(name)) return false;
  return !some(
    block,
    (node) => ts.isIdentifier(node) && node.text === name.text && !isLogged(node),
  );
}

/** Some call around it only writes it down: `log("failed: " + String(error))`. */
function isLogged(node: ts.Node): boolean {
  const isLog = (one: ts.Node): boolean =>
    ts.isCallExpression(one) && /(^|\.)(log|warn|error|info|debug)$/.test(one.expression.getText());
  return (
    ts.findAncestor(node, (one) => (ts.isCatchClause(one) ? "quit" : isLog(one))) !== undefined
  );
}

function delegationsOf(name: ts.Identifier, scope: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    const isUse = ts.isIdentifier(node) && node.text === name.text && node !== name;
    if (isUse && isHandedOver(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(scope);
  return found;
}

/** `yield* g`, `all([g])`, `race({ g: g })`: somebody will run it. */
function isHandedOver(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isYieldExpression(parent)) return parent.asteriskToken !== undefined;
  if (ts.isParenthesizedExpression(parent)) return isHandedOver(parent);
  return ts.isArrayLiteralExpression(parent) || ts.isPropertyAssignment(parent);
}

/** In the two arms of one `if` or condition: only one of them runs. */
function areExclusive(a: ts.Node, b: ts.Node): boolean {
  const contains = (arm: ts.Node | undefined, node: ts.Node): boolean =>
    arm !== undefined && arm.pos <= node.pos && node.end <= arm.end;
  const choice = ts.findAncestor(a, (one) => {
    if (ts.isIfStatement(one))
      return contains(one.thenStatement, a) && contains(one.elseStatement, b);
    return (
      ts.isConditionalExpression(one) && contains(one.whenTrue, a) && contains(one.whenFalse, b)
    );
  });
  return choice !== undefined || isAfterLeaving(a, b);
}

/** `if (x) return yield* g; return yield* g`: the first way does not come to the second. */
function isAfterLeaving(a: ts.Node, b: ts.Node): boolean {
  const left = ts.findAncestor(a, ts.isReturnStatement);
  const choice = left === undefined ? undefined : ts.findAncestor(left, ts.isIfStatement);
  return choice !== undefined && b.pos >= choice.end;
}

/** In a loop that the declaration is outside of. */
function isInLoopWithout(use: ts.Node, declaration: ts.Node): boolean {
  const loop = ts.findAncestor(use, isLoop);
  return loop !== undefined && !(loop.pos <= declaration.pos && declaration.end <= loop.end);
}

function isLoop(node: ts.Node): node is ts.IterationStatement {
  return ts.isIterationStatement(node, false);
}

function endlessBody(node: ts.Node): ts.Statement | undefined {
  if (ts.isWhileStatement(node) || ts.isDoStatement(node)) {
    return isAlwaysTrue(node.expression) ? node.statement : undefined;
  }
  if (!ts.isForStatement(node)) return;
  const isEndless = node.condition === undefined || isAlwaysTrue(node.condition);
  return isEndless ? node.statement : undefined;
}

function isAlwaysTrue(node: ts.Node): boolean {
  const value = bare(node);
  if (value.kind === ts.SyntaxKind.TrueKeyword) return true;
  return ts.isNumericLiteral(value) && value.text !== "0";
}

/** `return`, `throw`, a `break` of this loop, or a new run in this one's place. */
function leaves(body: ts.Node): boolean {
  const visit = (node: ts.Node, isInner: boolean): boolean => {
    if (ts.isReturnStatement(node) || ts.isThrowStatement(node)) return true;
    if (ts.isBreakStatement(node)) return node.label !== undefined || !isInner;
    const isOther =
      ts.isCallExpression(node) && node.expression.getText().endsWith("continueAsNew");
    if (isOther) return true;
    if (ts.isFunctionLike(node)) return false;
    const inner = isInner || isLoop(node) || ts.isSwitchStatement(node);
    return ts.forEachChild(node, (child) => visit(child, inner)) === true;
  };
  return visit(body, false);
}
