import { ts } from "ts-morph";
import type { EffectRule, RuleContext } from "../analysis/facts.ts";
import { isModuleVariable } from "../analysis/mutations.ts";
import {
  bare,
  type FunctionNode,
  functionAround,
  isWithin,
  rootName,
  walkTree,
} from "../analysis/nodes.ts";
import { effectBodies } from "./effect-body.ts";

/**
 * RD205: an effect's body runs on the owner, once: what it writes to the workflow's variables is
 * missing on every other node and on every replay.
 */
export const closureMutation: EffectRule = (call, name, context) => {
  for (const body of effectBodies(call, name, context)) {
    const told = new Set<ts.Symbol>();
    checkWrites(body, body, { context, told, depth: 3 });
  }
};

interface Check {
  readonly context: RuleContext;
  readonly told: Set<ts.Symbol>;
  readonly depth: number;
}

function checkWrites(code: FunctionNode, body: FunctionNode, check: Check): void {
  const { facts } = check.context;
  walkTree(code, (node) => {
    for (const target of facts.mutations.writtenBy(node)) checkTarget(target, body, check);
    if (ts.isCallExpression(node)) followCall(node, body, check);
  });
}

/** A function of the workflow's body that is called from the effect's body. */
function followCall(node: ts.CallExpression, body: FunctionNode, check: Check): void {
  if (check.depth === 0) return;
  for (const value of check.context.facts.values.of(bare(node.expression), check.context.at)) {
    if (value.kind !== "function" || functionAround(value.node) === undefined) continue;
    if (isWithin(value.node, body)) continue;
    checkWrites(value.node, value.node, { ...check, depth: check.depth - 1 });
  }
}

function checkTarget(target: ts.Expression, body: FunctionNode, check: Check): void {
  const root = rootName(target);
  const { types } = check.context.facts;
  const symbol = root === undefined ? undefined : types.symbolAt(root);
  const declaration = symbol?.valueDeclaration;
  if (root === undefined || symbol === undefined || declaration === undefined) return;
  const isVariable =
    ts.isVariableDeclaration(declaration) ||
    ts.isBindingElement(declaration) ||
    ts.isParameter(declaration);
  if (!isVariable || isWithin(declaration, body) || isModuleVariable(declaration)) return;
  if (functionAround(declaration) === undefined || check.told.has(symbol)) return;
  check.told.add(symbol);
  check.context.report({
    ruleId: "RD205",
    node: target,
    symbol: root.text,
    message: `${root.text} is changed in an effect's body: other nodes and replays do not see it`,
    help: "return the value: const x = yield* compute(…)",
    isLocal: true,
  });
}
