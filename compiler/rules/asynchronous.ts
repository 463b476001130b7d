// RD106: between its effects a body is synchronous. What a promise gives comes at another time on
// every node.

import { ts } from "ts-morph";
import { CATEGORY_WORDS } from "./host.ts";
import type { RuleContext } from "./rule.ts";

export function checkAwait(node: ts.Node, context: RuleContext): void {
  const isAwait = ts.isAwaitExpression(node);
  const isForAwait = ts.isForOfStatement(node) && node.awaitModifier !== undefined;
  if (!isAwait && !isForAwait) return;
  sayAsync(node, isAwait ? "await" : "for await", context);
}

export function sayAsync(node: ts.Node, symbol: string, context: RuleContext): void {
  const { help } = CATEGORY_WORDS.async;
  context.say({
    ruleId: "RD106",
    node,
    symbol,
    message: `${symbol} is asynchronous: what comes of it comes at another time on every node`,
    help,
  });
}
