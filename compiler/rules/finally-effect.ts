import { ts } from "ts-morph";
import type { FunctionRule, RuleContext } from "../analysis/facts.ts";
import { walkOwn } from "../analysis/nodes.ts";

/** RD209: `finally` also runs when a branch is given up, and effects are not carried out then. */
export const finallyEffect: FunctionRule = {
  kinds: [ts.SyntaxKind.TryStatement],
  read: readFinally,
};

function readFinally(code: ts.Node, context: RuleContext): void {
  walkOwn(code, (node) => {
    if (!ts.isTryStatement(node) || node.finallyBlock === undefined) return;
    walkOwn(node.finallyBlock, (child) => {
      if (!ts.isYieldExpression(child) || child.asteriskToken === undefined) return;
      context.report({
        ruleId: "RD209",
        node: child,
        symbol: "finally",
        message: "an effect in finally is not carried out when the branch is given up",
        help: "undo in catch, or shield what must be done",
        isLocal: true,
      });
      return false;
    });
  });
}
