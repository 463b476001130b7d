// RD107: what a module remembers. Every node has its own copy, and a replay finds another.

import { ts } from "ts-morph";
import { changedTarget, destructured, isModuleLevel } from "../analysis/module-state.ts";
import { bare } from "../analysis/syntax.ts";
import { CATEGORY_WORDS } from "./host.ts";
import type { RuleContext } from "./rule.ts";

/** A write: an assignment, or a method that changes its object. */
export function checkStateWrite(node: ts.Node, context: RuleContext): void {
  const targets = [changedTarget(node), ...destructured(node)];
  for (const target of targets) {
    if (target === undefined) continue;
    const symbol = context.state.changedBy(node) ?? context.world.symbolAt(rootOf(target));
    const isModules = symbol !== undefined && isModuleLevel(symbol);
    if (isModules || isOfGlobalObject(target, context)) say(target, "changes", context);
  }
}

/** A read of what some function changes. */
export function checkStateRead(node: ts.Node, symbol: ts.Symbol, context: RuleContext): void {
  if (!context.state.isMutated(symbol) || isTarget(node)) return;
  say(node, "reads", context);
}

function say(node: ts.Node, does: "reads" | "changes", context: RuleContext): void {
  const symbol = bare(node).getText();
  const { help } = CATEGORY_WORDS["global-state"];
  const message =
    does === "reads"
      ? `"${symbol}" is state of its module, and code changes it while the process runs`
      : `"${symbol}" outlives the run: each node and each replay has another one`;
  context.say({ ruleId: "RD107", node, symbol, message, help });
}

function rootOf(target: ts.Node): ts.Node {
  let node = bare(target);
  while (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    node = bare(node.expression);
  }
  return node;
}

/** `globalThis.x = …`, `Array.prototype.y = …`. */
function isOfGlobalObject(target: ts.Node, { resolver }: RuleContext): boolean {
  const node = bare(target);
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return false;
  const object = bare(node.expression);
  const isGlobal = ts.isIdentifier(object) && /^(globalThis|window|self|global)$/.test(object.text);
  if (isGlobal) return true;
  const resolved = resolver.resolve(object);
  return resolved.kind === "external" && /(^|\.)prototype$/.test(resolved.member);
}

/** The write itself is said already. */
function isTarget(node: ts.Node): boolean {
  let outer = node;
  for (;;) {
    const { parent } = outer;
    if (parent === undefined) return false;
    if (changedTarget(parent) === outer) return isPlainWrite(parent);
    const isMember =
      (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) &&
      parent.expression === outer;
    if (!isMember && bare(parent) !== bare(outer)) return false;
    outer = parent;
  }
}

const isPlainWrite = (node: ts.Node): boolean =>
  !ts.isCallExpression(node) || ts.isExpressionStatement(node.parent);
