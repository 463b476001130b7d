import { ts } from "ts-morph";
import { MUTATOR_NAMES, MUTATORS } from "./lists.ts";
import type { ExternalNames } from "./names.ts";
import {
  bare,
  functionAround,
  isAccess,
  isConst,
  isFunctionNode,
  memberText,
  rootName,
  walkTree,
} from "./nodes.ts";
import type { Types } from "./types.ts";

/**
 * Which variables of modules change after their module was loaded: those that a function writes to,
 * whoever calls it. What the top of a module does to them is the same on every node.
 */
export class Mutations {
  readonly #types: Types;
  readonly #names: ExternalNames;
  #changed: ReadonlySet<ts.Symbol> | undefined;

  constructor(types: Types, names: ExternalNames) {
    this.#types = types;
    this.#names = names;
  }

  /** The expressions that a node writes to, or whose contents it changes. */
  writtenBy(node: ts.Node): readonly ts.Expression[] {
    if (!WRITING_KINDS.has(node.kind)) return [];
    if (!ts.isCallExpression(node)) return assignedBy(node);
    const callee = bare(node.expression);
    if (!isAccess(callee)) return [];
    const base = bare(callee.expression);
    const [first] = node.arguments;
    if (ts.isIdentifier(base) && (base.text === "Object" || base.text === "Reflect")) {
      return first !== undefined && CHANGES_FIRST.has(memberText(callee) ?? "") ? [first] : [];
    }
    const isNamedSo = MUTATOR_NAMES.has(memberText(callee) ?? "");
    return isNamedSo && this.isMutator(node) ? [callee.expression] : [];
  }

  isChanged(symbol: ts.Symbol): boolean {
    this.#changed ??= this.#index();
    return this.#changed.has(symbol);
  }

  #index(): ReadonlySet<ts.Symbol> {
    if (this.#changed !== undefined) return this.#changed;
    const changed = new Set<ts.Symbol>();
    for (const file of this.#types.files) {
      if (this.#types.isLibrary(file)) continue;
      walkTree(file, (node) => {
        if (ts.isTypeNode(node)) return false;
        this.#note(node, changed);
        return undefined;
      });
    }
    this.#changed = changed;
    return changed;
  }

  /** Types are asked last, and only of what a module keeps: most code changes its own variables. */
  #note(node: ts.Node, changed: Set<ts.Symbol>): void {
    if (!WRITING_KINDS.has(node.kind)) return;
    const isCall = ts.isCallExpression(node);
    const targets = isCall ? this.#mayBeChangedBy(node) : assignedBy(node);
    for (const target of targets) {
      if (functionAround(target) === undefined || isOwnVariable(target)) continue;
      const symbol = this.moduleVariable(target);
      if (symbol === undefined || changed.has(symbol)) continue;
      if (!isCall || this.writtenBy(node).length > 0) changed.add(symbol);
    }
  }

  #mayBeChangedBy(call: ts.CallExpression): readonly ts.Expression[] {
    const callee = bare(call.expression);
    if (!isAccess(callee)) return [];
    const name = memberText(callee) ?? "";
    const [first] = call.arguments;
    const ofFirst = CHANGES_FIRST.has(name) && first !== undefined ? [first] : [];
    return MUTATOR_NAMES.has(name) ? [callee.expression, ...ofFirst] : ofFirst;
  }

  /** The variable of a module, or the class, that an expression's chain begins with. */
  moduleVariable(target: ts.Expression, steps = 4): ts.Symbol | undefined {
    const root = rootName(target);
    const symbol = root === undefined ? undefined : this.#types.symbolAt(root);
    const declaration = symbol?.valueDeclaration;
    if (symbol === undefined || declaration === undefined) return undefined;
    if (isModuleVariable(declaration)) return symbol;
    if (ts.isClassDeclaration(declaration) && functionAround(declaration) === undefined) {
      return this.#staticOf(target);
    }
    const isAlias = ts.isVariableDeclaration(declaration) && isConst(declaration) && steps > 0;
    const { initializer } = isAlias ? declaration : { initializer: undefined };
    const isOtherName = initializer !== undefined && isAccess(bare(target));
    return isOtherName && rootName(initializer) !== undefined
      ? this.moduleVariable(initializer, steps - 1)
      : undefined;
  }

  /** `C.count` of `C.count.x`: the field, since a class has others that stay as they are. */
  #staticOf(target: ts.Expression): ts.Symbol | undefined {
    let inner = bare(target);
    while (isAccess(inner) && isAccess(bare(inner.expression))) inner = bare(inner.expression);
    return ts.isPropertyAccessExpression(inner) ? this.#types.symbolAt(inner.name) : undefined;
  }

  /** Whether a method of this name is one of a list, a map or the like, and changes it. */
  isMutator(call: ts.CallExpression): boolean {
    const callee = bare(call.expression);
    if (!isAccess(callee) || !ts.isPropertyAccessExpression(callee)) return false;
    if (!MUTATOR_NAMES.has(callee.name.text)) return false;
    const declaration = this.#types.symbolAt(callee.name)?.declarations?.[0];
    if (declaration === undefined) return false;
    const path = this.#names.nameOf(declaration)?.split(/[.#]/) ?? [];
    return isMutatorOf(path.at(-2) ?? "", path.at(-1) ?? "");
  }
}

const WRITING_KINDS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.CallExpression,
  ts.SyntaxKind.BinaryExpression,
  ts.SyntaxKind.PrefixUnaryExpression,
  ts.SyntaxKind.PostfixUnaryExpression,
  ts.SyntaxKind.DeleteExpression,
  ts.SyntaxKind.ForOfStatement,
  ts.SyntaxKind.ForInStatement,
]);

/**
 * `sum` of `sum += 1`, where a function around declares a `sum`: by names alone, without the
 * compiler, since nearly all writes are of this kind.
 */
function isOwnVariable(target: ts.Expression): boolean {
  const name = bare(target);
  if (!ts.isIdentifier(name)) return false;
  for (let at: ts.Node = name.parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isBlock(at) && functionAround(at) !== undefined && declares(at, name.text)) return true;
  }
  return false;
}

function declares({ statements }: ts.Block, name: string): boolean {
  return statements.some(
    (statement) =>
      ts.isVariableStatement(statement) &&
      statement.declarationList.declarations.some(
        (each) => ts.isIdentifier(each.name) && each.name.text === name,
      ),
  );
}

/** Declared at the top of a module, or a field of a class itself. */
export function isModuleVariable(declaration: ts.Declaration): boolean {
  let outer: ts.Node = declaration;
  while (
    ts.isBindingElement(outer) ||
    ts.isObjectBindingPattern(outer) ||
    ts.isArrayBindingPattern(outer)
  ) {
    outer = outer.parent;
  }
  if (!ts.isVariableDeclaration(outer)) return false;
  for (let at: ts.Node = outer; !ts.isSourceFile(at); at = at.parent) {
    if (isFunctionNode(at) || ts.isClassLike(at)) return false;
  }
  return true;
}

function isMutatorOf(owner: string, method: string): boolean {
  const isArray = owner.endsWith("Array");
  const listed = MUTATORS[owner] ?? (isArray ? MUTATORS["Uint8Array"] : undefined);
  return listed?.includes(method) ?? (owner === "Date" && method.startsWith("set"));
}

function assignedBy(node: ts.Node): readonly ts.Expression[] {
  if (ts.isBinaryExpression(node)) {
    return isAssignment(node.operatorToken.kind) ? targets(node.left) : [];
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const { operator } = node;
    const isUp = operator === ts.SyntaxKind.PlusPlusToken;
    return isUp || operator === ts.SyntaxKind.MinusMinusToken ? [node.operand] : [];
  }
  if (ts.isDeleteExpression(node)) return [node.expression];
  if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    return ts.isVariableDeclarationList(node.initializer) ? [] : targets(node.initializer);
  }
  return [];
}

/** Of `Object` and `Reflect`: they change their first argument. */
const CHANGES_FIRST: ReadonlySet<string> = new Set([
  "assign",
  "defineProperty",
  "defineProperties",
  "setPrototypeOf",
  "set",
  "deleteProperty",
]);

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** `a` and `b.c` of `[a, b.c] = …`. */
function targets(node: ts.Expression): readonly ts.Expression[] {
  const target = bare(node);
  if (ts.isArrayLiteralExpression(target)) {
    return target.elements.flatMap((each) =>
      targets(ts.isSpreadElement(each) ? each.expression : each),
    );
  }
  if (ts.isObjectLiteralExpression(target)) {
    return target.properties.flatMap((each) => {
      if (ts.isPropertyAssignment(each)) return targets(each.initializer);
      if (ts.isShorthandPropertyAssignment(each)) return [each.name];
      return ts.isSpreadAssignment(each) ? targets(each.expression) : [];
    });
  }
  if (ts.isBinaryExpression(target)) return targets(target.left);
  return ts.isOmittedExpression(target) ? [] : [target];
}
