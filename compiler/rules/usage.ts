import { ts } from "ts-morph";
import { CALLERS_THAT_IGNORE, CALLERS_THAT_TEST } from "../analysis/lists.ts";
import {
  bare,
  functionAround,
  isAccess,
  isGenerator,
  isInlineFunction,
  memberText,
  walkTree,
  wrapped,
} from "../analysis/nodes.ts";
import type { Types } from "../analysis/types.ts";

/** What becomes of an effect where it is made: `dropped` is never asked for. */
export type Usage = "used" | "dropped";

export interface UsageContext {
  readonly types: Types;
  /** The workflow's own function, where that is what is looked at. */
  readonly body: ts.Node | undefined;
}

export function usageOf(node: ts.Node, context: UsageContext, depth = 8): Usage {
  if (depth === 0) return "used";
  const outer = wrapped(node);
  const { parent } = outer;
  if (isDropping(outer, parent)) return "dropped";
  if (isPassing(outer, parent)) return usageOf(parent, context, depth - 1);
  if (ts.isVariableDeclaration(parent)) return ofVariable(parent, context, depth);
  if (ts.isReturnStatement(parent)) return ofReturn(functionAround(parent), context, depth);
  if (ts.isArrowFunction(parent) && parent.body === outer) return ofReturn(parent, context, depth);
  if (ts.isCallExpression(parent) && parent.expression !== outer) return ofArgument(parent);
  return "used";
}

/** Statements and operators that look at a value, and do not hand it on. */
function isDropping(node: ts.Node, parent: ts.Node): boolean {
  if (ts.isExpressionStatement(parent) || ts.isVoidExpression(parent)) return true;
  if (ts.isPrefixUnaryExpression(parent) || ts.isTemplateSpan(parent)) return true;
  if (ts.isAwaitExpression(parent) || ts.isTypeOfExpression(parent)) return true;
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent))
    return true;
  if (ts.isConditionalExpression(parent)) return parent.condition === node;
  if (ts.isForStatement(parent) || ts.isSwitchStatement(parent)) return true;
  if (!ts.isBinaryExpression(parent)) return false;
  const kind = parent.operatorToken.kind;
  if (kind === ts.SyntaxKind.CommaToken) return parent.left === node;
  return !HANDING_ON.has(kind);
}

const HANDING_ON: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.CommaToken,
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.EqualsToken,
  ts.SyntaxKind.QuestionQuestionEqualsToken,
  ts.SyntaxKind.BarBarEqualsToken,
]);

function isPassing(node: ts.Node, parent: ts.Node): boolean {
  if (ts.isConditionalExpression(parent)) return true;
  if (!ts.isBinaryExpression(parent)) return false;
  const kind = parent.operatorToken.kind;
  if (kind === ts.SyntaxKind.EqualsToken) return false;
  return HANDING_ON.has(kind) && (parent.right === node || kind !== ts.SyntaxKind.CommaToken);
}

function ofReturn(owner: ts.Node | undefined, context: UsageContext, depth: number): Usage {
  if (owner === undefined) return "used";
  if (owner === context.body) return isGenerator(owner) ? "dropped" : "used";
  if (!isInlineFunction(owner)) return "used";
  const outer = wrapped(owner);
  const call = outer.parent;
  if (ts.isExpressionStatement(call)) return "dropped";
  if (!ts.isCallExpression(call) || call.expression === outer) return "used";
  const name = memberText(bare(call.expression)) ?? "";
  if (!isOfPlatform(call, context)) return "used";
  if (CALLERS_THAT_IGNORE.has(name) || CALLERS_THAT_TEST.has(name)) return "dropped";
  return name === "map" || name === "flatMap" ? usageOf(call, context, depth - 1) : "used";
}

/** A list's own `map`, not the workflow language's. */
function isOfPlatform(call: ts.CallExpression, { types }: UsageContext): boolean {
  const callee = bare(call.expression);
  if (!ts.isPropertyAccessExpression(callee)) return false;
  const declaration = types.symbolAt(callee.name)?.declarations?.[0];
  return declaration !== undefined && types.isDefaultLibrary(declaration.getSourceFile());
}

const MAKES_A_TEXT: ReadonlySet<string> = new Set(["String", "Number", "Boolean", "BigInt"]);

function ofArgument(call: ts.CallExpression): Usage {
  const callee = bare(call.expression);
  if (ts.isIdentifier(callee)) return MAKES_A_TEXT.has(callee.text) ? "dropped" : "used";
  if (!isAccess(callee)) return "used";
  const base = bare(callee.expression);
  const isText = ts.isIdentifier(base) && (base.text === "JSON" || base.text === "console");
  return isText ? "dropped" : "used";
}

/** A variable counts as used when any of its uses does. */
function ofVariable(node: ts.VariableDeclaration, context: UsageContext, depth: number): Usage {
  const { types } = context;
  if (!ts.isIdentifier(node.name)) return ts.isObjectBindingPattern(node.name) ? "dropped" : "used";
  const symbol = types.symbolAt(node.name);
  const owner = functionAround(node);
  if (symbol === undefined || owner === undefined) return "used";
  const uses = usesOf(node.name, owner, types);
  const isUsed = uses.some((use) => !isLooked(use) && usageOf(use, context, depth - 1) === "used");
  return isUsed ? "used" : "dropped";
}

/** `x.length`: it is only looked at. */
function isLooked(use: ts.Node): boolean {
  const { parent } = wrapped(use);
  return isAccess(parent) && memberText(parent) === "length";
}

/** Identifiers in `owner` that mean the same variable, its declaration aside. */
export function usesOf(
  name: ts.Identifier,
  owner: ts.Node,
  types: Types,
): readonly ts.Identifier[] {
  const symbol = types.symbolAt(name);
  const found: ts.Identifier[] = [];
  walkTree(owner, (node) => {
    if (!ts.isIdentifier(node) || node === name || node.text !== name.text) return;
    const isShort = ts.isShorthandPropertyAssignment(node.parent);
    const own = isShort ? types.shorthandSymbol(node.parent) : types.symbolAt(node);
    if (own === symbol) found.push(node);
  });
  return found;
}
