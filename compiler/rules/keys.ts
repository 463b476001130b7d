// RD206 and RD207: the names that effects are recorded under.

import { ts } from "ts-morph";
import type { Sink } from "../analysis/summary.ts";
import { bare } from "../analysis/syntax.ts";
import type { RuleContext } from "./rule.ts";

/** Effects whose first argument is their name. */
const NAMED: ReadonlySet<string> = new Set([
  "compute",
  "checkpoint",
  "variable",
  "step",
  "patched",
]);

/** The name of an effect, if it has one. */
export function keyOf(call: ts.CallExpression, effect: string): ts.Expression | undefined {
  return NAMED.has(effect) ? call.arguments[0] : undefined;
}

/**
 * RD207: what is not deterministic flows into a name, directly or through a variable of this
 * function. `sinks` are what was found in the function itself.
 */
export function checkKeys(
  keys: readonly ts.Expression[],
  sinks: readonly Sink[],
  context: RuleContext,
): void {
  for (const key of keys) {
    const cause = sinks.find(
      (sink) => /^RD10[1-8]$/.test(sink.ruleId) && flowsInto(sink.node, key, context),
    );
    if (cause === undefined) continue;
    context.say({
      ruleId: "RD207",
      node: key,
      symbol: cause.symbol,
      message: `this name has ${cause.symbol} in it: it is another one at each replay`,
      help: "name an effect by what it does, and by its input where it must be told apart",
    });
  }
}

function flowsInto(source: ts.Node, key: ts.Expression, { world }: RuleContext): boolean {
  if (isWithin(source, key)) return true;
  let isInside = false;
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const [declaration] = world.symbolAt(node)?.declarations ?? [];
      const isLocal = declaration !== undefined && ts.isVariableDeclaration(declaration);
      if (isLocal && declaration.initializer !== undefined) {
        if (isWithin(source, declaration.initializer)) isInside = true;
      }
    }
    if (!isInside) ts.forEachChild(node, visit);
  };
  visit(key);
  return isInside;
}

const isWithin = (inner: ts.Node, outer: ts.Node): boolean =>
  inner.getSourceFile() === outer.getSourceFile() &&
  outer.pos <= inner.pos &&
  inner.end <= outer.end;

/** RD206 (off unless asked for): one literal name twice in one function. */
export function checkDuplicates(keys: readonly ts.Expression[], context: RuleContext): void {
  const seen = new Set<string>();
  for (const key of keys) {
    const value = bare(key);
    if (!ts.isStringLiteralLike(value)) continue;
    if (seen.has(value.text)) {
      context.say({
        ruleId: "RD206",
        node: key,
        symbol: value.text,
        message: `two effects are named "${value.text}": a timeline shows them alike`,
      });
    }
    seen.add(value.text);
  }
}
