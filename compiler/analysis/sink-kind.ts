// What a value flows into: what makes it harmless, or worse.

import { ts } from "ts-morph";
import type { SinkKind } from "../finding.ts";
import { isAssignment } from "./module-state.ts";
import { bare } from "./syntax.ts";

/** The language's name for what a call asks, if it is one of its calls. */
export type EffectName = (call: ts.CallExpression) => string | undefined;

/** Looks outward from an expression until something says what its value is for. */
export function sinkKindOf(node: ts.Node, effectName: EffectName): SinkKind {
  for (let child = node; ; child = child.parent) {
    const { parent } = child;
    if (parent === undefined || ts.isFunctionLike(parent)) return "unknown";
    const kind = kindIn(child, parent, effectName);
    if (kind !== undefined) return kind;
  }
}

/** What the parent says; undefined: nothing, the value goes on. */
function kindIn(child: ts.Node, parent: ts.Node, effectName: EffectName): SinkKind | undefined {
  if (ts.isReturnStatement(parent)) return "return";
  if (isCondition(child, parent)) return "control";
  if (ts.isVariableDeclaration(parent)) return flowOf(parent, effectName);
  if (ts.isBinaryExpression(parent) && isAssignment(parent)) {
    return parent.right === child ? "state" : undefined;
  }
  return ts.isCallExpression(parent) ? kindOfArgument(child, parent, effectName) : undefined;
}

function kindOfArgument(
  child: ts.Node,
  call: ts.CallExpression,
  effectName: EffectName,
): SinkKind | undefined {
  const effect = effectName(call);
  const at = [...call.arguments].findIndex((argument) => Object.is(argument, child));
  if (effect === undefined || at < 0) return;
  if (effect === "set" || effect === "update") return "state";
  return at === 0 ? "key" : "payload";
}

/** A variable that is declared from the value, by the first of its uses that says something. */
function flowOf(declaration: ts.VariableDeclaration, effectName: EffectName): SinkKind {
  const { name } = declaration;
  const body = ts.findAncestor(declaration, ts.isFunctionLike);
  if (!ts.isIdentifier(name) || body === undefined) return "state";
  const kinds = new Set<SinkKind>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node !== name && node.text === name.text) {
      const kind = useKind(node, effectName);
      if (kind !== undefined) kinds.add(kind);
    }
    ts.forEachChild(node, visit);
  };
  visit(body);
  const worst: readonly SinkKind[] = ["key", "control", "return"];
  return worst.find((kind) => kinds.has(kind)) ?? "state";
}

/** Undefined: this use says nothing. Variables of variables are not followed further. */
function useKind(node: ts.Node, effectName: EffectName): SinkKind | undefined {
  const declared = ts.findAncestor(node, (one) => ts.isVariableDeclaration(one));
  const isInDeclaration =
    declared !== undefined && ts.findAncestor(node, ts.isStatement) !== undefined;
  if (isInDeclaration && ts.isVariableDeclaration(declared) && contains(declared, node)) return;
  return sinkKindOf(node, effectName);
}

const contains = (outer: ts.Node, inner: ts.Node): boolean =>
  outer.pos <= inner.pos && inner.end <= outer.end;

function isCondition(child: ts.Node, parent: ts.Node): boolean {
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent)) {
    return parent.expression === child;
  }
  if (ts.isForStatement(parent)) return parent.condition === child;
  if (ts.isSwitchStatement(parent)) return parent.expression === child;
  return ts.isConditionalExpression(parent) && parent.condition === child;
}

/** Is this argument just this expression, whatever parentheses and casts stand around it? */
export const isJust = (argument: ts.Node | undefined, node: ts.Node): boolean =>
  argument !== undefined && bare(argument) === bare(node);
