// What the text alone tells of a node.

import { ts } from "ts-morph";

/** What a node is without parentheses, casts, `!` and the left of a comma. */
export function bare(node: ts.Node): ts.Node {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return bare(node.expression);
  if (ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node)) return bare(node.expression);
  if (ts.isTypeAssertionExpression(node)) return bare(node.expression);
  const isComma =
    ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.CommaToken;
  return isComma ? bare(node.right) : node;
}

export function initializerOf(declaration: ts.Node): ts.Expression | undefined {
  if (ts.isVariableDeclaration(declaration) || ts.isPropertyDeclaration(declaration)) {
    return declaration.initializer;
  }
  if (ts.isPropertyAssignment(declaration)) return declaration.initializer;
  if (ts.isExportAssignment(declaration)) return declaration.expression;
  return assignedIn(ts.isBinaryExpression(declaration) ? declaration.left : declaration);
}

/** In JavaScript `exports.f = …` declares. */
function assignedIn(target: ts.Node): ts.Expression | undefined {
  const { parent } = target;
  if (parent === undefined || !ts.isBinaryExpression(parent) || parent.left !== target) {
    return undefined;
  }
  return parent.operatorToken.kind === ts.SyntaxKind.EqualsToken ? parent.right : undefined;
}

export function nameText(name: ts.Node): string | undefined {
  if (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) return name.text;
  if (ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return name.text;
  if (ts.isComputedPropertyName(name) && ts.isStringLiteralLike(name.expression)) {
    return name.expression.text;
  }
  return undefined;
}

export function isWithoutCode(declaration: ts.Declaration): boolean {
  if (ts.isMethodSignature(declaration) || ts.isPropertySignature(declaration)) return true;
  if (!ts.isMethodDeclaration(declaration)) return false;
  return declaration.body === undefined;
}

export const isBind = (call: ts.CallExpression): boolean =>
  ts.isPropertyAccessExpression(call.expression) && call.expression.name.text === "bind";

export const isRequire = (call: ts.CallExpression): boolean =>
  ts.isIdentifier(call.expression) && call.expression.text === "require";

export const isFreeze = ({ expression }: ts.CallExpression): boolean =>
  ts.isPropertyAccessExpression(expression) && expression.getText() === "Object.freeze";

export const isChoice = (kind: ts.SyntaxKind): boolean =>
  kind === ts.SyntaxKind.QuestionQuestionToken ||
  kind === ts.SyntaxKind.BarBarToken ||
  kind === ts.SyntaxKind.AmpersandAmpersandToken;

export function isNeverReassigned(declaration: ts.Declaration): boolean {
  const list = declaration.parent;
  if (!ts.isVariableDeclarationList(list)) return true;
  return (list.flags & ts.NodeFlags.Const) !== 0;
}
