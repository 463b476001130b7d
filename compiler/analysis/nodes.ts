import { ts } from "ts-morph";

/** A function of the project that has a body. */
export type FunctionNode =
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.ArrowFunction
  | ts.MethodDeclaration
  | ts.GetAccessorDeclaration
  | ts.SetAccessorDeclaration
  | ts.ConstructorDeclaration;

export function isFunctionNode(node: ts.Node | undefined): node is FunctionNode {
  return node !== undefined && FUNCTION_KINDS.has(node.kind);
}

/** By kind, since it is asked of every node. */
const FUNCTION_KINDS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.FunctionDeclaration,
  ts.SyntaxKind.FunctionExpression,
  ts.SyntaxKind.ArrowFunction,
  ts.SyntaxKind.MethodDeclaration,
  ts.SyntaxKind.GetAccessor,
  ts.SyntaxKind.SetAccessor,
  ts.SyntaxKind.Constructor,
]);

export function isInlineFunction(node: ts.Node): node is ts.FunctionExpression | ts.ArrowFunction {
  return ts.isFunctionExpression(node) || ts.isArrowFunction(node);
}

/** Without parentheses, assertions of types and `!`: what is evaluated. */
export function bare(node: ts.Expression): ts.Expression {
  let inner = node;
  while (isWrapper(inner) || ts.isExpressionWithTypeArguments(inner)) inner = inner.expression;
  return inner;
}

type Wrapper =
  | ts.ParenthesizedExpression
  | ts.AsExpression
  | ts.NonNullExpression
  | ts.SatisfiesExpression
  | ts.TypeAssertion;

const isWrapper = (node: ts.Node): node is Wrapper => WRAPPER_KINDS.has(node.kind);

const WRAPPER_KINDS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.ParenthesizedExpression,
  ts.SyntaxKind.AsExpression,
  ts.SyntaxKind.NonNullExpression,
  ts.SyntaxKind.SatisfiesExpression,
  ts.SyntaxKind.TypeAssertionExpression,
]);

/** The outermost node that evaluates to the same as this one. */
export function wrapped(node: ts.Node): ts.Node {
  let outer = node;
  while (isWrapper(outer.parent)) outer = outer.parent;
  return outer;
}

/** The function whose code this is; undefined at the top of a module. */
export function functionAround(node: ts.Node): FunctionNode | undefined {
  for (let outer = node.parent; outer !== undefined; outer = outer.parent) {
    if (isFunctionNode(outer)) return outer;
    // A field is set when an instance is made, a static block runs when the module is loaded.
    if (ts.isSourceFile(outer)) return undefined;
  }
  return undefined;
}

export function classAround(node: ts.Node): ts.ClassLikeDeclaration | undefined {
  for (let outer = node.parent; outer !== undefined; outer = outer.parent) {
    if (ts.isClassLike(outer)) return outer;
  }
  return undefined;
}

export function isWithin(node: ts.Node, outer: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
    if (at === outer) return true;
  }
  return false;
}

/**
 * Each node below, and this one, in the order of the text; `visit` gives false for no further.
 * By a list of its own: a whole file must be walked, however deep one expression in it goes.
 */
export function walkTree(node: ts.Node, visit: (node: ts.Node) => boolean | undefined): void {
  const waiting = [node];
  const wait = (child: ts.Node): void => void waiting.push(child);
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (visit(at) === false) continue;
    const first = waiting.length;
    ts.forEachChild(at, wait);
    reverseFrom(waiting, first);
  }
}

/** So that the first child is on top. */
function reverseFrom(nodes: ts.Node[], first: number): void {
  for (let low = first, high = nodes.length - 1; low < high; low += 1, high -= 1) {
    const [before, behind] = [nodes[low], nodes[high]];
    if (before === undefined || behind === undefined) return;
    nodes[low] = behind;
    nodes[high] = before;
  }
}

/** Nodes that run with this function: not those of functions and classes in it. */
export function walkOwn(node: ts.Node, visit: (node: ts.Node) => boolean | undefined): void {
  ts.forEachChild(node, (child) => {
    if (isFunctionNode(child) || ts.isClassLike(child)) return;
    if (visit(child) !== false) walkOwn(child, visit);
  });
}

export function hasOwn(node: ts.Node, isIt: (node: ts.Node) => boolean): boolean {
  let found = false;
  walkOwn(node, (child) => {
    found ||= isIt(child);
    return !found;
  });
  return found;
}

export function isGenerator(node: ts.Node): boolean {
  return (
    (ts.isFunctionDeclaration(node) ||
      ts.isFunctionExpression(node) ||
      ts.isMethodDeclaration(node)) &&
    node.asteriskToken !== undefined
  );
}

export function isAsync(node: ts.Node): boolean {
  return hasModifier(node, ts.SyntaxKind.AsyncKeyword);
}

export function hasModifier(node: ts.Node, kind: ts.ModifierSyntaxKind): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((each) => each.kind === kind)
  );
}

export function isConst(declaration: ts.VariableDeclaration): boolean {
  return (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
}

/** The name of a property, where its text says it. */
export function nameText(name: ts.PropertyName | ts.BindingName | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (ts.isComputedPropertyName(name)) {
    const key = bare(name.expression);
    return ts.isStringLiteralLike(key) ? key.text : undefined;
  }
  if (ts.isObjectBindingPattern(name) || ts.isArrayBindingPattern(name)) return undefined;
  return name.text;
}

/** `new X(…)`, `super(…)`, `Reflect.construct(X, …)`: something is made. */
export function isConstruction(node: ts.Node): boolean {
  if (!ts.isCallExpression(node)) return ts.isNewExpression(node);
  return node.expression.kind === ts.SyntaxKind.SuperKeyword || isReflectConstruct(node);
}

export function isReflectConstruct(node: ts.CallExpression): boolean {
  return calledAs(node) === "Reflect.construct";
}

/** `f` of `f(…)`, `Object.assign` of `Object.assign(…)`, as it is written; else empty. */
export function calledAs({ expression }: ts.CallExpression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  if (!ts.isPropertyAccessExpression(expression)) return "";
  const { expression: base, name } = expression;
  return ts.isIdentifier(base) ? `${base.text}.${name.text}` : "";
}

/** What follows the last `.` or stands in `["…"]`. */
export function memberText(node: ts.Expression): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (!ts.isElementAccessExpression(node)) return undefined;
  const key = bare(node.argumentExpression);
  if (ts.isStringLiteralLike(key) || ts.isNumericLiteral(key)) return key.text;
  return undefined;
}

export type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression;

export function isAccess(node: ts.Node): node is Access {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
}

/** `a` of `a.b[c].d`; undefined where the chain begins with something else than a name. */
export function rootName(node: ts.Expression): ts.Identifier | undefined {
  let inner = bare(node);
  while (isAccess(inner)) inner = bare(inner.expression);
  return ts.isIdentifier(inner) ? inner : undefined;
}

export function bodyOf(node: ts.Node): ts.Node | undefined {
  return isFunctionNode(node) ? node.body : undefined;
}

/** All that a function may return. */
export function returnsOf(node: FunctionNode): readonly ts.Expression[] {
  const { body } = node;
  if (body === undefined) return [];
  if (!ts.isBlock(body)) return [body];
  const found: ts.Expression[] = [];
  walkOwn(body, (child) => {
    const isResult = ts.isReturnStatement(child) && child.expression !== undefined;
    if (isResult) found.push(child.expression);
    return undefined;
  });
  return found;
}

/** What a reader calls this code: `quote`, `Clock.now`, `run`. */
export function nameOf(node: ts.Node): string {
  const own = ownName(node);
  const owner =
    ts.isConstructorDeclaration(node) || ts.isClassElement(node) ? classAround(node) : undefined;
  if (owner === undefined) return own;
  return `${owner.name?.text ?? "class"}.${own}`;
}

function ownName(node: ts.Node): string {
  if (ts.isConstructorDeclaration(node)) return "constructor";
  if (ts.isClassLike(node)) return `new ${node.name?.text ?? "class"}`;
  if (isFunctionNode(node) && node.name !== undefined) return nameText(node.name) ?? "computed";
  if (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) {
    return nameText(node.name) ?? "pattern";
  }
  return givenName(wrapped(node).parent) ?? (isFunctionNode(node) ? "function" : "code");
}

/** The name that a value has by where it stands: `const f = …`, `{ f: … }`, `x.f = …`. */
function givenName(holder: ts.Node): string | undefined {
  const isNamed =
    ts.isVariableDeclaration(holder) ||
    ts.isPropertyAssignment(holder) ||
    ts.isPropertyDeclaration(holder);
  if (isNamed) return nameText(holder.name);
  if (!ts.isBinaryExpression(holder)) return undefined;
  return memberText(holder.left) ?? holder.left.getText();
}

/** Of two values they make a text, a number or a flag, and ask an object for what it is as one. */
export const CONVERTING_OPERATORS: readonly ts.SyntaxKind[] = [
  ts.SyntaxKind.PlusToken,
  ts.SyntaxKind.MinusToken,
  ts.SyntaxKind.AsteriskToken,
  ts.SyntaxKind.SlashToken,
  ts.SyntaxKind.PercentToken,
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
];

/** A text as it is written, with or without values in it. */
export const isText = (node: ts.Node): boolean =>
  ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
