// Where a name stands, and so what it is used for there.

import { ts } from "ts-morph";
import type { Use } from "../rules/host.ts";
import { callOf } from "../rules/host.ts";
import type { Resolver } from "./resolve.ts";
import { bare } from "./syntax.ts";

/** A node with the parentheses and casts around it. */
export function outermost(node: ts.Node): ts.Node {
  let outer = node;
  while (
    outer.parent !== undefined &&
    outer.parent !== outer &&
    bare(outer.parent) === bare(node)
  ) {
    outer = outer.parent;
  }
  return outer;
}

export function isName(
  node: ts.Node,
): node is ts.Identifier | ts.PropertyAccessExpression | ts.ElementAccessExpression {
  return (
    ts.isIdentifier(node) ||
    ts.isPropertyAccessExpression(node) ||
    ts.isElementAccessExpression(node)
  );
}

/** A place where a name is declared or a property is named, no use of what it names. */
export function isNoValue(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isIdentifier(node)) return false;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  if (ts.isBindingElement(parent)) return parent.initializer !== node;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return true;
  const isNamed = "name" in parent && parent.name === node;
  return isNamed;
}

/** `typeof process`, `x instanceof WeakRef`: nothing is used of it. */
export function isTested(node: ts.Node): boolean {
  const { parent } = outermost(node);
  if (ts.isTypeOfExpression(parent)) return true;
  if (!ts.isBinaryExpression(parent)) return false;
  return parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;
}

export function useOf(node: ts.Node): Use {
  const call = callOf(node);
  if (call === undefined) return "read";
  return ts.isNewExpression(call) ? "new" : "call";
}

/** `const f = g`: whoever calls f is seen to call g. */
export function isAlias(node: ts.Node): boolean {
  const { parent } = outermost(node);
  return ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name);
}

/** The function is a member of an object that has a name: it runs when it is called by it. */
export function isInNamedObject(node: ts.Node): boolean {
  const { parent } = node;
  const isMember = ts.isMethodDeclaration(node) || ts.isAccessor(node);
  const literal = isMember ? parent : ts.isPropertyAssignment(parent) ? parent.parent : undefined;
  if (literal === undefined || !ts.isObjectLiteralExpression(literal)) return false;
  return ts.isVariableDeclaration(outermost(literal).parent);
}

/** `fs`, `process`, `globalThis.crypto`: nothing to be looked at behind the name itself. */
export function isHostObject(node: ts.Node, resolver: Resolver): boolean {
  let root = bare(node);
  while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root)) {
    root = bare(root.expression);
  }
  return (
    ts.isMetaProperty(root) ||
    (ts.isIdentifier(root) && resolver.resolve(root).kind === "external") ||
    (ts.isIdentifier(root) && root.text === "globalThis")
  );
}

/** `f.call(x)`, `f.apply(x)`: f is what is called. */
export function throughCall(callee: ts.Expression): ts.Expression {
  const node = bare(callee);
  const isThrough = ts.isPropertyAccessExpression(node) && /^(call|apply)$/.test(node.name.text);
  return isThrough ? node.expression : callee;
}

export function lastName(callee: ts.Expression): string {
  const node = bare(callee);
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  return ts.isIdentifier(node) ? node.text : "";
}

export const isRequireOfText = (call: ts.CallExpression): boolean =>
  lastName(call.expression) === "require" &&
  call.arguments[0] !== undefined &&
  ts.isStringLiteral(call.arguments[0]);

export const isRequireOfUnknown = (call: ts.CallExpression): boolean =>
  ts.isIdentifier(call.expression) && call.expression.text === "require" && !isRequireOfText(call);

/** Literals and functions: loading them does nothing. */
export function isPlain(value: ts.Node): boolean {
  return (
    ts.isLiteralExpression(value) ||
    ts.isFunctionLike(value) ||
    ts.isClassLike(value) ||
    value.kind === ts.SyntaxKind.TrueKeyword ||
    value.kind === ts.SyntaxKind.FalseKeyword
  );
}

export const isWithinCode = (inner: ts.Node, outer: ts.Node): boolean =>
  inner.getSourceFile() === outer.getSourceFile() &&
  outer.pos <= inner.pos &&
  inner.end <= outer.end;

/** `x` of `x.y`. */
export function isReceiver(node: ts.Node): boolean {
  const outer = outermost(node);
  const { parent } = outer;
  const isMember = ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent);
  return isMember && parent.expression === outer;
}

/** Synchronous methods of arrays and collections: what they are given is called at once. */
const AT_ONCE =
  /^(map|forEach|filter|find|findIndex|findLast|findLastIndex|some|every|reduce|reduceRight|sort|toSorted|flatMap|from|replace|replaceAll)$/;

export const callsAtOnce = ({ expression }: ts.CallExpression): boolean =>
  AT_ONCE.test(lastName(expression));
