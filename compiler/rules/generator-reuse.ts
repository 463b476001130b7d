import { ts } from "ts-morph";
import type { FunctionRule, RuleContext } from "../analysis/facts.ts";
import { bare, functionAround, isWithin, walkOwn, wrapped } from "../analysis/nodes.ts";
import { usesOf } from "./usage.ts";

/** RD210: a generator object runs once; delegated to again, it is at its end and gives nothing. */
export const generatorReuse: FunctionRule = {
  kinds: [ts.SyntaxKind.VariableDeclaration],
  read: readGenerators,
};

function readGenerators(code: ts.Node, context: RuleContext): void {
  walkOwn(code, (node) => {
    if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name)) return;
    const { initializer } = node;
    if (initializer === undefined || !isGeneratorObject(initializer, context)) return;
    const uses = usesOf(node.name, code, context.facts.types);
    if (uses.some(isAssigned)) return;
    const runs = uses.filter(isRun);
    const again = runs.find(
      (use, i) => isInLoopOf(use, node) || runs.slice(0, i).some((first) => bothRun(first, use)),
    );
    if (again !== undefined) report(again, context);
  });
}

function isGeneratorObject(node: ts.Expression, { facts, at }: RuleContext): boolean {
  return facts.effects.isGeneratorCall(bare(node), at);
}

/** Delegated to, or handed to `all`, `race` and the like. */
function isRun(use: ts.Identifier): boolean {
  const outer = wrapped(use);
  const { parent } = outer;
  if (ts.isYieldExpression(parent)) return parent.asteriskToken !== undefined;
  return ts.isArrayLiteralExpression(parent) || ts.isPropertyAssignment(parent);
}

function isAssigned(use: ts.Identifier): boolean {
  const { parent } = use;
  return ts.isBinaryExpression(parent) && parent.left === use;
}

/** Runs again with each turn of a loop that does not make it anew. */
function isInLoopOf(use: ts.Node, declaration: ts.Node): boolean {
  for (let at = use.parent; at !== undefined && !isWithin(declaration, at); at = at.parent) {
    const isLoop = ts.isIterationStatement(at, false);
    if (isLoop && !endsAtOnce(use, at)) return true;
  }
  return false;
}

function endsAtOnce(use: ts.Node, loop: ts.Node): boolean {
  for (let at = use; at !== loop; at = at.parent) {
    if (ts.isReturnStatement(at)) return true;
    const block = at.parent;
    if (ts.isBlock(block) && block.parent === loop) {
      const last = block.statements.at(-1);
      return last !== undefined && (ts.isBreakStatement(last) || ts.isReturnStatement(last));
    }
  }
  return false;
}

/** Not so when they stand in branches that exclude each other, or the first one returns. */
function bothRun(first: ts.Node, second: ts.Node): boolean {
  for (let at = first; at.parent !== undefined && at !== functionAround(first); at = at.parent) {
    const { parent } = at;
    if (ts.isReturnStatement(at) && !isWithin(second, at)) return false;
    if (!isWithin(second, parent) || isWithin(second, at)) continue;
    if (ts.isIfStatement(parent) || ts.isConditionalExpression(parent))
      return at === condition(parent);
    if (ts.isCaseClause(at) || ts.isDefaultClause(at)) return false;
    return true;
  }
  return true;
}

function condition(node: ts.IfStatement | ts.ConditionalExpression): ts.Node {
  return ts.isIfStatement(node) ? node.expression : node.condition;
}

function report(node: ts.Identifier, context: RuleContext): void {
  context.report({
    ruleId: "RD210",
    node,
    symbol: node.text,
    message: `${node.text} is delegated to a second time: it is at its end and gives nothing`,
    help: "call the generator function again",
    isLocal: true,
  });
}
