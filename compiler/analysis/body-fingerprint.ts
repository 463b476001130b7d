// What a workflow's body does, as a hash: of its code and of all own code that it reaches, without
// what a run does not follow (effect bodies, types, comments, layout).

import { ts } from "ts-morph";
import { sha256 } from "../project/hash.ts";
import { partsOf } from "./code-parts.ts";
import type { Effects } from "./effects.ts";
import type { Hop } from "./reach.ts";
import { bare } from "./syntax.ts";

/** Empty for a body that could not be found. */
export function bodyFingerprint(hops: readonly Hop[], effects: Effects): string {
  if (hops.length === 0) return "";
  const codes = hops.map(({ code }) =>
    partsOf(code)
      .map((part) => shapeOf(part, effects))
      .join(),
  );
  // Sorted: how it is come to does not count, nor in which file it stands.
  return sha256(codes.sort().join("\n")).slice(0, 32);
}

function shapeOf(node: ts.Node, effects: Effects): string {
  const inner = bare(node);
  const parts: string[] = [];
  ts.forEachChild(inner, (child) => {
    if (!ts.isTypeNode(child) && !isFreeBody(child, effects)) parts.push(shapeOf(child, effects));
  });
  return `${ts.SyntaxKind[inner.kind]}${ownText(inner)}(${parts.join()})`;
}

/** The function of a `compute` or `step`: what it does is recorded, not followed. */
function isFreeBody(node: ts.Node, effects: Effects): boolean {
  const { parent } = node;
  if (!ts.isFunctionLike(node) || parent === undefined || !ts.isCallExpression(parent))
    return false;
  const name = effects.nameOf(parent);
  return name !== undefined && effects.hasFreeBodies(name);
}

function ownText(node: ts.Node): string {
  if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return `:${node.text}`;
  if (ts.isLiteralExpression(node) || ts.isTemplateHead(node)) return JSON.stringify(node.text);
  if (ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) return JSON.stringify(node.text);
  const isUnary = ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node);
  return isUnary ? `:${ts.tokenToString(node.operator)}` : "";
}
