// What an expression stands for: the project's own function, something of the platform or a
// package by its name, an effect of the language, or a value that only the run will know.

import { ts } from "ts-morph";
import {
  type External,
  external,
  externalOf,
  GLOBAL_OBJECTS,
  importOf,
  memberOf,
} from "./external.ts";
import {
  bare,
  initializerOf,
  isBind,
  isChoice,
  isFreeze,
  isNeverReassigned,
  isRequire,
  isWithoutCode,
  nameText,
} from "./syntax.ts";
import type { World } from "./world.ts";

/** Code that runs when it is called, read or loaded: a node of the call graph. */
export type CodeNode = ts.Node;

export type Resolved =
  /** Own code. */
  | { readonly kind: "function"; readonly node: ts.SignatureDeclaration }
  | { readonly kind: "class"; readonly node: ts.ClassLikeDeclaration }
  /** A value of the project's: its declaration. */
  | { readonly kind: "variable"; readonly node: ts.Declaration }
  /** A method without a body: what implements it may be anything that fits. */
  | { readonly kind: "signature"; readonly node: ts.Declaration }
  | External
  | { readonly kind: "language"; readonly name: string }
  | { readonly kind: "unknown" };

type Holder = ts.BindingElement | ts.VariableDeclaration | ts.ParameterDeclaration;

const UNKNOWN: Resolved = { kind: "unknown" };
/** How many names for one thing are looked through. */
const DEPTH_MAX = 12;

export class Resolver {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  resolve(expression: ts.Node, depth = 0): Resolved {
    if (depth > DEPTH_MAX) return UNKNOWN;
    const node = bare(expression);
    if (ts.isIdentifier(node)) return this.#identifier(node, depth);
    if (ts.isPropertyAccessExpression(node)) {
      return this.#member(node, node.expression, node.name.text, depth);
    }
    if (ts.isElementAccessExpression(node)) {
      const key = this.#keyOf(node.argumentExpression);
      return key === undefined ? UNKNOWN : this.#member(node, node.expression, key, depth);
    }
    if (ts.isFunctionExpression(node) || ts.isArrowFunction(node)) {
      return { kind: "function", node };
    }
    if (ts.isClassExpression(node)) return { kind: "class", node };
    if (ts.isCallExpression(node)) return this.#call(node, depth);
    if (ts.isNewExpression(node)) return UNKNOWN;
    return UNKNOWN;
  }

  /** The own functions that a value may be: through names, conditions and `bind`. */
  functionsOf(expression: ts.Node, depth = 0): readonly ts.SignatureDeclaration[] {
    if (depth > DEPTH_MAX) return [];
    const node = bare(expression);
    if (ts.isConditionalExpression(node)) {
      return [node.whenTrue, node.whenFalse].flatMap((one) => this.functionsOf(one, depth + 1));
    }
    if (ts.isBinaryExpression(node) && isChoice(node.operatorToken.kind)) {
      return [node.left, node.right].flatMap((one) => this.functionsOf(one, depth + 1));
    }
    const resolved = this.resolve(node, depth);
    if (resolved.kind === "function") return [resolved.node];
    if (resolved.kind !== "variable") return [];
    const initializer = initializerOf(resolved.node);
    return initializer === undefined ? [] : this.functionsOf(initializer, depth + 1);
  }

  /** An own object literal that a name stands for. */
  literalOf(expression: ts.Node, depth = 0): ts.ObjectLiteralExpression | undefined {
    if (depth > DEPTH_MAX) return;
    const node = bare(expression);
    if (ts.isObjectLiteralExpression(node)) return node;
    if (ts.isCallExpression(node) && isFreeze(node)) {
      const [argument] = node.arguments;
      return argument === undefined ? undefined : this.literalOf(argument, depth + 1);
    }
    const resolved = this.resolve(node, depth);
    const initializer = resolved.kind === "variable" ? initializerOf(resolved.node) : undefined;
    return initializer === undefined ? undefined : this.literalOf(initializer, depth + 1);
  }

  ofSymbol(symbol: ts.Symbol, depth = 0): Resolved {
    const { declarations = [] } = symbol;
    const declaration =
      declarations.find(
        (one) => ts.isFunctionLike(one) && "body" in one && one.body !== undefined,
      ) ?? declarations[0];
    if (declaration === undefined) return UNKNOWN;
    const owner = this.#world.owner(declaration.getSourceFile());
    if (owner === "language") return { kind: "language", name: symbol.name };
    if (owner !== "own") return externalOf(symbol, declaration);
    return this.#ownDeclaration(declaration, depth);
  }

  #identifier(node: ts.Identifier, depth: number): Resolved {
    const { checker } = this.#world;
    const parent = node.parent;
    const symbol =
      ts.isShorthandPropertyAssignment(parent) && parent.name === node
        ? checker.getShorthandAssignmentValueSymbol(parent)
        : checker.getSymbolAtLocation(node);
    if (symbol === undefined) return UNKNOWN;
    const imported = this.#imported(symbol);
    if (imported !== undefined) return imported;
    return this.ofSymbol(this.#world.unaliased(symbol), depth);
  }

  /** A name that came from a module which is neither the project's nor the language's. */
  #imported(symbol: ts.Symbol): Resolved | undefined {
    if ((symbol.flags & ts.SymbolFlags.Alias) === 0) return;
    const [declaration] = symbol.declarations ?? [];
    const from = declaration === undefined ? undefined : importOf(declaration);
    if (from === undefined) return;
    const target = this.#world.unaliased(symbol);
    const [targetDeclaration] = target.declarations ?? [];
    if (targetDeclaration !== undefined) {
      const owner = this.#world.owner(targetDeclaration.getSourceFile());
      if (owner === "own" || owner === "language") return;
    }
    if (/^\.{0,2}\//.test(from.module)) return;
    return { kind: "external", ...from };
  }

  #member(node: ts.Node, object: ts.Expression, name: string, depth: number): Resolved {
    const of = bare(object);
    if (ts.isMetaProperty(of)) return external(undefined, `import.meta.${name}`);
    if (ts.isIdentifier(of) && GLOBAL_OBJECTS.has(of.text) && !this.#isOwnName(of)) {
      return external(undefined, name);
    }
    const base = this.resolve(of, depth + 1);
    if (base.kind === "external") return memberOf(base, name);
    if (base.kind === "language") return { kind: "language", name };
    const symbol = this.#propertySymbol(node, of, name);
    if (symbol === undefined) return this.#inLiteral(of, name, depth) ?? UNKNOWN;
    const [declaration] = symbol.declarations ?? [];
    const isOwn = declaration !== undefined && this.#world.isOwn(declaration);
    const hasNoCode = declaration !== undefined && isWithoutCode(declaration);
    if (isOwn && hasNoCode) {
      const inLiteral = this.#inLiteral(of, name, depth);
      if (inLiteral !== undefined) return inLiteral;
    }
    return this.ofSymbol(this.#world.unaliased(symbol), depth + 1);
  }

  #propertySymbol(node: ts.Node, object: ts.Node, name: string): ts.Symbol | undefined {
    const { checker } = this.#world;
    if (ts.isPropertyAccessExpression(node)) {
      const symbol = checker.getSymbolAtLocation(node.name);
      if (symbol !== undefined) return symbol;
    }
    const type = checker.getTypeAtLocation(object);
    return checker.getPropertyOfType(checker.getNonNullableType(type), name);
  }

  /** `clock.now` where `clock` is typed by an interface and was made by a literal. */
  #inLiteral(object: ts.Node, name: string, depth: number): Resolved | undefined {
    const literal = this.literalOf(object, depth + 1);
    const property = literal?.properties.find(
      (one) => one.name !== undefined && nameText(one.name) === name,
    );
    if (property === undefined) {
      const instance = this.#classOf(object, depth);
      const member = instance?.members.find(
        (one) => one.name !== undefined && nameText(one.name) === name,
      );
      return member === undefined ? undefined : this.#ownDeclaration(member, depth + 1);
    }
    return this.#ownDeclaration(property, depth + 1);
  }

  #classOf(object: ts.Node, depth: number): ts.ClassLikeDeclaration | undefined {
    const resolved = this.resolve(object, depth + 1);
    const initializer = resolved.kind === "variable" ? initializerOf(resolved.node) : undefined;
    const made = initializer === undefined ? undefined : bare(initializer);
    if (made === undefined || !ts.isNewExpression(made)) return;
    const of = this.resolve(made.expression, depth + 1);
    return of.kind === "class" ? of.node : undefined;
  }

  #ownDeclaration(declaration: ts.Declaration, depth: number): Resolved {
    if (ts.isClassLike(declaration)) return { kind: "class", node: declaration };
    if (ts.isShorthandPropertyAssignment(declaration)) {
      const symbol = this.#world.checker.getShorthandAssignmentValueSymbol(declaration);
      return symbol === undefined
        ? UNKNOWN
        : (this.#imported(symbol) ?? this.ofSymbol(this.#world.unaliased(symbol), depth + 1));
    }
    if (ts.isFunctionLike(declaration)) {
      const hasBody = "body" in declaration && declaration.body !== undefined;
      return hasBody
        ? { kind: "function", node: declaration }
        : { kind: "signature", node: declaration };
    }
    if (isWithoutCode(declaration)) return { kind: "signature", node: declaration };
    if (ts.isBindingElement(declaration)) return this.#binding(declaration, depth);
    return this.#alias(declaration, depth) ?? { kind: "variable", node: declaration };
  }

  /** An alias is as good as the thing; a value that is read from one is a variable of its own. */
  #alias(declaration: ts.Declaration, depth: number): Resolved | undefined {
    const initializer = initializerOf(declaration);
    if (initializer === undefined || !isNeverReassigned(declaration)) return;
    const value = bare(initializer);
    const isName =
      ts.isIdentifier(value) ||
      ts.isPropertyAccessExpression(value) ||
      ts.isElementAccessExpression(value) ||
      ts.isArrowFunction(value) ||
      ts.isFunctionExpression(value) ||
      ts.isClassExpression(value) ||
      (ts.isCallExpression(value) && (isBind(value) || isRequire(value)));
    if (!isName) return;
    const resolved = this.resolve(value, depth + 1);
    const isThing = resolved.kind !== "unknown" && resolved.kind !== "signature";
    return isThing && this.#isCallable(value) ? resolved : undefined;
  }

  /** `const { now } = Date`, `const { promises: { readFile } } = fs`. */
  #binding(element: ts.BindingElement, depth: number): Resolved {
    const value: Resolved = { kind: "variable", node: element };
    if (!ts.isObjectBindingPattern(element.parent)) return value;
    const key = element.propertyName ?? element.name;
    const name = nameText(key);
    if (name === undefined || element.dotDotDotToken !== undefined) return value;
    const holder = element.parent.parent;
    const base = this.#bound(holder, depth);
    if (base.kind === "external") return memberOf(base, name);
    if (base.kind === "language") return { kind: "language", name };
    const property = this.#boundProperty(holder, name);
    if (property === undefined || !this.#isCallableSymbol(property)) return value;
    const resolved = this.ofSymbol(this.#world.unaliased(property), depth + 1);
    return resolved.kind === "unknown" || resolved.kind === "signature" ? value : resolved;
  }

  /** What is taken apart. */
  #bound(holder: Holder, depth: number): Resolved {
    if (ts.isBindingElement(holder)) return this.#binding(holder, depth + 1);
    const from = holder.initializer === undefined ? undefined : bare(holder.initializer);
    if (from === undefined) return UNKNOWN;
    const isGlobal = ts.isIdentifier(from) && GLOBAL_OBJECTS.has(from.text);
    if (isGlobal && !this.#isOwnName(from)) return external(undefined, from.text);
    return this.resolve(from, depth + 1);
  }

  #boundProperty(holder: Holder, name: string): ts.Symbol | undefined {
    if (!ts.isVariableDeclaration(holder) || holder.initializer === undefined) return;
    const type = this.#world.checker.getTypeAtLocation(holder.initializer);
    return this.#world.checker.getPropertyOfType(type, name);
  }

  #call(node: ts.CallExpression, depth: number): Resolved {
    const module = isRequire(node) ? node.arguments[0] : undefined;
    if (module !== undefined && ts.isStringLiteral(module)) {
      const symbol = this.#world.checker.getSymbolAtLocation(module);
      const [declaration] = symbol?.declarations ?? [];
      const isOwn = declaration !== undefined && this.#world.isOwn(declaration);
      return isOwn ? UNKNOWN : external(module.text, "");
    }
    if (isBind(node) && ts.isPropertyAccessExpression(node.expression)) {
      return this.resolve(node.expression.expression, depth + 1);
    }
    return UNKNOWN;
  }

  #keyOf(argument: ts.Expression): string | undefined {
    const key = bare(argument);
    if (ts.isStringLiteralLike(key)) return key.text;
    const type = this.#world.checker.getTypeAtLocation(key);
    return type.isStringLiteral() ? type.value : undefined;
  }

  #isOwnName(node: ts.Identifier): boolean {
    const [declaration] = this.#world.symbolAt(node)?.declarations ?? [];
    return declaration !== undefined && this.#world.isOwn(declaration);
  }

  #isCallable(node: ts.Node): boolean {
    const type = this.#world.checker.getTypeAtLocation(node);
    const isAny = (type.flags & ts.TypeFlags.Any) !== 0;
    if (isAny || isRequireCall(node)) return true;
    return isCallableType(type) || isHostObject(this.resolve(node));
  }

  #isCallableSymbol(symbol: ts.Symbol): boolean {
    const [declaration] = symbol.declarations ?? [];
    if (declaration === undefined) return false;
    return isCallableType(this.#world.checker.getTypeOfSymbolAtLocation(symbol, declaration));
  }
}

const isRequireCall = (node: ts.Node): boolean => ts.isCallExpression(node) && isRequire(node);

/** `const c = crypto`, `const perf = globalThis.performance`: another name for a host object. */
const isHostObject = (resolved: Resolved): boolean =>
  resolved.kind === "external" && !resolved.member.includes("#");

const isCallableType = (type: ts.Type): boolean =>
  type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0;
