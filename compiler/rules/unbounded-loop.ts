import { ts } from "ts-morph";
import type { FunctionRule, RuleContext } from "../analysis/facts.ts";
import { bare, walkOwn } from "../analysis/nodes.ts";
import { delegatesIn } from "./swallow.ts";

/** RD212: a loop of effects without an end makes a journal without an end. */
export const unboundedLoop: FunctionRule = {
  kinds: [ts.SyntaxKind.WhileStatement, ts.SyntaxKind.DoStatement, ts.SyntaxKind.ForStatement],
  read: readLoops,
};

function readLoops(code: ts.Node, context: RuleContext): void {
  walkOwn(code, (node) => {
    if (!isEndless(node) || !delegatesIn(node)) return;
    if (leaves(node, context)) return;
    context.report({
      ruleId: "RD212",
      node,
      symbol: "loop",
      message: "this loop of effects has no end: the run's journal grows for ever",
      help: "end it by break or return, or go on by yield* continueAsNew(…)",
      isLocal: true,
    });
  });
}

type Loop = ts.WhileStatement | ts.DoStatement | ts.ForStatement;

function isEndless(node: ts.Node): node is Loop {
  if (ts.isWhileStatement(node) || ts.isDoStatement(node)) return isTrue(node.expression);
  return ts.isForStatement(node) && (node.condition === undefined || isTrue(node.condition));
}

function isTrue(condition: ts.Expression): boolean {
  const inner = bare(condition);
  if (inner.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (ts.isNumericLiteral(inner)) return Number(inner.text) !== 0;
  if (ts.isStringLiteral(inner)) return inner.text !== "";
  return ts.isPrefixUnaryExpression(inner) && inner.getText() === "!false";
}

function leaves(loop: Loop, context: RuleContext): boolean {
  let found = false;
  const look = (node: ts.Node, isInner: boolean): void => {
    walkOwn(node, (child) => {
      if (found) return false;
      found = isExit(child, loop, isInner) || continuesAsNew(child, context);
      if (ts.isIterationStatement(child, false) || ts.isSwitchStatement(child)) {
        look(child, true);
        return false;
      }
      return undefined;
    });
  };
  look(loop.statement, false);
  return found;
}

/** A `break` of a loop or a switch inside leaves only that. */
function isExit(node: ts.Node, loop: Loop, isInner: boolean): boolean {
  if (ts.isReturnStatement(node) || ts.isThrowStatement(node)) return true;
  if (!ts.isBreakStatement(node)) {
    const isLabelled = ts.isContinueStatement(node) && node.label !== undefined;
    return isLabelled && !isLabelOf(node.label.text, loop) && !isLabelInside(node.label.text, loop);
  }
  if (node.label === undefined) return !isInner;
  return !isLabelInside(node.label.text, loop);
}

function isLabelOf(label: string, loop: Loop): boolean {
  return ts.isLabeledStatement(loop.parent) && loop.parent.label.text === label;
}

function isLabelInside(label: string, loop: Loop): boolean {
  let found = false;
  walkOwn(loop.statement, (node) => {
    found ||= ts.isLabeledStatement(node) && node.label.text === label;
  });
  return found;
}

function continuesAsNew(node: ts.Node, { facts, at }: RuleContext): boolean {
  if (!ts.isCallExpression(node)) return false;
  return facts.effects.callee(node, at).language?.name === "continueAsNew";
}
