import { ts } from "ts-morph";
import { bare, CONVERTING_OPERATORS } from "../analysis/nodes.ts";
import type { Types } from "../analysis/types.ts";

/** Whether an expression is a text, a number or a flag by its looks: its type need not be asked. */
export function isPlain(node: ts.Expression, types: Types): boolean {
  const inner = bare(node);
  if (PLAIN_KINDS.has(inner.kind)) return true;
  if (ts.isBinaryExpression(inner)) return PLAIN_OPERATORS.has(inner.operatorToken.kind);
  return ts.isIdentifier(inner) && isPlainVariable(types.symbolAt(inner));
}

/** Its type is a primitive one, said or from its first value; no narrowing makes it another. */
function isPlainVariable(symbol: ts.Symbol | undefined): boolean {
  const declaration = symbol?.valueDeclaration;
  if (declaration === undefined) return false;
  if (!ts.isVariableDeclaration(declaration) && !ts.isParameter(declaration)) return false;
  const { type, initializer } = declaration;
  if (type !== undefined) return PLAIN_TYPES.has(type.kind);
  return initializer !== undefined && PLAIN_KINDS.has(bare(initializer).kind);
}

const PLAIN_KINDS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateExpression,
  ts.SyntaxKind.NumericLiteral,
  ts.SyntaxKind.BigIntLiteral,
  ts.SyntaxKind.TrueKeyword,
  ts.SyntaxKind.FalseKeyword,
  ts.SyntaxKind.PrefixUnaryExpression,
  ts.SyntaxKind.PostfixUnaryExpression,
  ts.SyntaxKind.TypeOfExpression,
]);

const PLAIN_TYPES: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.StringKeyword,
  ts.SyntaxKind.NumberKeyword,
  ts.SyntaxKind.BooleanKeyword,
  ts.SyntaxKind.BigIntKeyword,
]);

const PLAIN_OPERATORS: ReadonlySet<ts.SyntaxKind> = new Set([
  ...CONVERTING_OPERATORS,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
]);
