// RD204 and RD205: what an effect body must not do although it may do almost anything. It runs on
// one node only, so what it changes in the workflow body's variables the other nodes never see.

import { ts } from "ts-morph";
import { changedTarget, destructured } from "../analysis/module-state.ts";
import { bare, initializerOf } from "../analysis/syntax.ts";
import type { RuleContext } from "./rule.ts";

/** Looks through a whole effect body, functions inside of it included. */
export function checkEffectBody(body: ts.Node, effect: string, context: RuleContext): void {
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) checkNested(node, effect, context);
    for (const target of [changedTarget(node), ...destructured(node)]) {
      if (target !== undefined) checkChange(target, { body, effect }, context);
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(body, visit);
}

/** `charge(order)` asks for what `const charge = step("charge", body)` defined. */
export function checkDefinedStep({ expression }: ts.CallExpression, context: RuleContext): void {
  const { effects, resolver } = context;
  const resolved = resolver.resolve(expression);
  const made = resolved.kind === "variable" ? initializerOf(resolved.node) : undefined;
  const definition = made === undefined ? undefined : bare(made);
  if (definition === undefined || !ts.isCallExpression(definition)) return;
  const name = effects.nameOf(definition);
  if (name === undefined || !effects.hasFreeBodies(name)) return;
  const [, body] = definition.arguments;
  for (const one of body === undefined ? [] : resolver.functionsOf(body)) {
    checkEffectBody(one, name, context);
  }
}

function checkNested(call: ts.CallExpression, effect: string, context: RuleContext): void {
  if (!context.effects.isEffect(call)) return;
  const symbol = call.expression.getText();
  context.say({
    ruleId: "RD204",
    node: call,
    symbol,
    message: `${symbol}(…) inside of the body of ${effect}: nobody asks for effects there`,
    help: "ask for it in the workflow body, before or after",
  });
}

function checkChange(
  target: ts.Node,
  { body, effect }: { readonly body: ts.Node; readonly effect: string },
  context: RuleContext,
): void {
  const root = rootOf(target);
  if (root === undefined) return;
  const [declaration] = context.world.symbolAt(root)?.declarations ?? [];
  if (declaration === undefined || isWithin(declaration, body)) return;
  // Of an enclosing function: what belongs to the module is RD107's where the body reads it.
  const owner = ts.findAncestor(declaration, ts.isFunctionLike);
  if (owner === undefined || !isWithin(body, owner)) return;
  const symbol = root.getText();
  context.say({
    ruleId: "RD205",
    node: target,
    symbol,
    message: `the body of ${effect} changes "${symbol}", which no other node and no replay sees`,
    help: `return the value: const ${symbol} = yield* ${effect}(…)`,
  });
}

function rootOf(target: ts.Node): ts.Identifier | undefined {
  for (let node = bare(target); ; ) {
    if (ts.isIdentifier(node)) return node;
    if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return;
    node = bare(node.expression);
  }
}

const isWithin = (inner: ts.Node, outer: ts.Node): boolean =>
  inner.getSourceFile() === outer.getSourceFile() &&
  outer.pos <= inner.pos &&
  inner.end <= outer.end;
