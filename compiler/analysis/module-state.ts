// Which state of modules changes while programs run: assignments and mutations in functions. What
// a module does to its own state while it loads is the same on every node.

import { ts } from "ts-morph";
import { bare } from "./syntax.ts";
import type { World } from "./world.ts";

const MUTATORS: ReadonlySet<string> = new Set(
  `push pop shift unshift splice sort reverse fill copyWithin set add delete clear append assign
   defineProperty setFullYear setMonth setDate setHours setTime setUTCHours`.split(/\s+/),
);

export class ModuleState {
  readonly #world: World;
  readonly #mutated = new Set<ts.Symbol>();

  constructor(world: World) {
    this.#world = world;
    for (const file of world.project.program.getSourceFiles()) {
      if (world.owner(file) === "own") this.#collect(file);
    }
  }

  /** Is it of a module or a class, and does some function change it? */
  isMutated(symbol: ts.Symbol): boolean {
    return this.#mutated.has(symbol);
  }

  /** The module's or the class's state that an assignment or call changes. */
  changedBy(node: ts.Node): ts.Symbol | undefined {
    const target = changedTarget(node);
    return target === undefined ? undefined : this.#stateOf(target);
  }

  #collect(file: ts.SourceFile): void {
    const visit = (node: ts.Node, isLoading: boolean): void => {
      const isInside = ts.isFunctionLike(node) && !isCalledAtOnce(node);
      if (!isLoading) {
        const changed = this.changedBy(node);
        if (changed !== undefined) this.#mutated.add(changed);
        for (const one of destructured(node)) {
          const symbol = this.#stateOf(one);
          if (symbol !== undefined) this.#mutated.add(symbol);
        }
      }
      ts.forEachChild(node, (child) => visit(child, isLoading && !isInside));
    };
    visit(file, true);
  }

  /** The outermost thing that is changed: `state` of `state.orders[0].total = 1`. */
  #stateOf(target: ts.Node): ts.Symbol | undefined {
    for (let node = bare(target); ; ) {
      if (ts.isIdentifier(node)) {
        const symbol = this.#world.symbolAt(node);
        return symbol !== undefined && isModuleLevel(symbol) ? symbol : undefined;
      }
      if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return;
      const member = ts.isPropertyAccessExpression(node)
        ? this.#world.checker.getSymbolAtLocation(node.name)
        : undefined;
      if (member !== undefined && isStatic(member)) return member;
      node = bare(node.expression);
    }
  }
}

/** Variables of modules, and static fields. */
export function isModuleLevel(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some(isModuleDeclared) || isStatic(symbol);
}

function isModuleDeclared(declaration: ts.Node): boolean {
  if (ts.isBindingElement(declaration)) return isModuleDeclared(declaration.parent.parent);
  if (!ts.isVariableDeclaration(declaration)) return false;
  const statement = declaration.parent.parent;
  return (
    ts.isVariableStatement(statement) &&
    (ts.isSourceFile(statement.parent) || ts.isModuleBlock(statement.parent))
  );
}

export function isStatic(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some(
    (declaration) =>
      ts.isPropertyDeclaration(declaration) &&
      ts.getModifiers(declaration)?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword),
  );
}

/** What one node changes: the target of an assignment, of `++`, of `delete`, of a mutator. */
export function changedTarget(node: ts.Node): ts.Expression | undefined {
  if (ts.isBinaryExpression(node)) {
    return isAssignment(node) && !isPattern(node.left) ? node.left : undefined;
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const isStep =
      node.operator === ts.SyntaxKind.PlusPlusToken ||
      node.operator === ts.SyntaxKind.MinusMinusToken;
    return isStep ? node.operand : undefined;
  }
  if (ts.isDeleteExpression(node)) return node.expression;
  return ts.isCallExpression(node) ? mutated(node) : undefined;
}

function mutated(call: ts.CallExpression): ts.Expression | undefined {
  if (!ts.isPropertyAccessExpression(call.expression)) return;
  const { expression, name } = call.expression;
  if (!MUTATORS.has(name.text)) return;
  const isOfObject = ts.isIdentifier(expression) && /^(Object|Reflect)$/.test(expression.text);
  return isOfObject ? call.arguments[0] : expression;
}

export function isAssignment({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** The targets of `[a, b] = …` and `({ a } = …)`. */
export function destructured(node: ts.Node): readonly ts.Expression[] {
  if (!ts.isBinaryExpression(node) || !isPattern(node.left)) return [];
  if (node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return [];
  const found: ts.Expression[] = [];
  const visit = (target: ts.Node): void => {
    if (ts.isIdentifier(target)) found.push(target);
    else if (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target)) {
      found.push(target);
    } else if (ts.isPropertyAssignment(target)) visit(target.initializer);
    else if (ts.isShorthandPropertyAssignment(target)) visit(target.name);
    else ts.forEachChild(target, visit);
  };
  ts.forEachChild(bare(node.left), visit);
  return found;
}

const isPattern = (node: ts.Node): boolean =>
  ts.isArrayLiteralExpression(bare(node)) || ts.isObjectLiteralExpression(bare(node));

/** `(() => { … })()` runs where it stands. */
function isCalledAtOnce(node: ts.Node): boolean {
  const outer = ts.findAncestor(node.parent, (one) => !ts.isParenthesizedExpression(one));
  return outer !== undefined && ts.isCallExpression(outer) && bare(outer.expression) === node;
}
