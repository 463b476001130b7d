import { ts } from "ts-morph";
import type { CodeNode } from "./resolve.ts";
import { nameText } from "./syntax.ts";

/** What code is called, for people and fingerprints: the same after lines moved. */
export function codeName(code: CodeNode): string {
  if (ts.isConstructorDeclaration(code)) return `${ownerName(code)}constructor`;
  const own = declaredName(code);
  if (own !== undefined) return `${ownerName(code)}${own}`;
  const holder = ts.findAncestor(code.parent, (node) => !ts.isParenthesizedExpression(node));
  if (holder !== undefined) {
    const isNamed = ts.isVariableDeclaration(holder) || ts.isPropertyAssignment(holder);
    if (isNamed) return holder.name.getText();
  }
  return ts.isFunctionLike(code) ? "callback" : "module";
}

function declaredName(code: CodeNode): string | undefined {
  const hasName =
    ts.isFunctionDeclaration(code) ||
    ts.isFunctionExpression(code) ||
    ts.isMethodDeclaration(code) ||
    ts.isAccessor(code) ||
    ts.isClassLike(code) ||
    ts.isVariableDeclaration(code) ||
    ts.isPropertyDeclaration(code) ||
    ts.isParameter(code);
  if (!hasName || code.name === undefined) return undefined;
  return nameText(code.name) ?? code.name.getText();
}

function ownerName(code: CodeNode): string {
  const owner = ts.isClassElement(code) ? ts.findAncestor(code, ts.isClassLike) : undefined;
  return owner?.name === undefined ? "" : `${owner.name.text}.`;
}
