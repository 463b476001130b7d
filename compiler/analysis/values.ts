import { ts } from "ts-morph";
import { isReadName } from "../catalog/lookup.ts";
import { type Activations, scopeOf, valueKey } from "./activations.ts";
import { CallValues } from "./call-values.ts";
import type { Classes } from "./classes.ts";
import type { Language } from "./language.ts";
import { external, functionValue } from "./make-value.ts";
import type { MemberNames } from "./member-names.ts";
import { MemberValues } from "./member-values.ts";
import { defaultImport, type ExternalNames, memberName, undeclaredName } from "./names.ts";
import {
  type Access,
  bare,
  isAccess,
  isFunctionNode,
  isInlineFunction,
  isWithin,
  memberText,
  nameText,
  wrapped,
} from "./nodes.ts";
import type { Types } from "./types.ts";
import type { Activation, Scope, Value } from "./value.ts";

const DEPTH_MAX = 24;
/** Of one question, all its parts included: what needs more is not followed to its end. */
const STEPS_MAX = 2_000;
const NONE: readonly Value[] = [];

export interface ValueParts {
  readonly types: Types;
  readonly language: Language;
  readonly names: ExternalNames;
  readonly classes: Classes;
  readonly activations: Activations;
  readonly members: MemberNames;
}

/** Follows expressions to what can be called. Finds nothing rather than something wrong. */
export class Values {
  readonly parts: ValueParts;
  readonly members: MemberValues;
  readonly calls: CallValues;
  #depth = 0;
  #steps = 0;

  constructor(parts: ValueParts) {
    this.parts = parts;
    this.members = new MemberValues(this);
    this.calls = new CallValues(this);
  }

  /** What an expression stands for in a piece of code that was called in this way. */
  of(node: ts.Expression, at: Scope): readonly Value[] {
    if (this.#depth === 0) this.#steps = 0;
    if (this.#depth >= DEPTH_MAX || this.#steps >= STEPS_MAX) return NONE;
    this.#depth += 1;
    this.#steps += 1;
    try {
      return distinct(this.#of(bare(node), at));
    } finally {
      this.#depth -= 1;
    }
  }

  #of(node: ts.Expression, at: Scope): readonly Value[] {
    if (ts.isIdentifier(node)) return this.#ofName(node, at);
    if (isInlineFunction(node)) return [functionValue(node, at)];
    if (ts.isClassExpression(node)) return [{ kind: "class", node, scope: at }];
    if (ts.isObjectLiteralExpression(node)) return [{ kind: "object", node, scope: at }];
    if (ts.isArrayLiteralExpression(node)) return [this.#list(node, at)];
    if (isAccess(node)) return this.#ofAccess(node, at);
    if (ts.isCallExpression(node)) return this.calls.of(node, at);
    if (ts.isNewExpression(node)) return this.calls.ofNew(node, at);
    if (node.kind === ts.SyntaxKind.ThisKeyword) return this.#ofThis(node, at);
    return this.#ofOperator(node, at);
  }

  #ofOperator(node: ts.Expression, at: Scope): readonly Value[] {
    if (ts.isConditionalExpression(node)) {
      return [...this.of(node.whenTrue, at), ...this.of(node.whenFalse, at)];
    }
    if (ts.isBinaryExpression(node)) return this.#ofBinary(node, at);
    if (ts.isYieldExpression(node) && node.asteriskToken !== undefined) {
      return node.expression === undefined ? NONE : this.of(node.expression, at);
    }
    if (ts.isMetaProperty(node)) return [{ kind: "external", name: node.getText() }];
    return NONE;
  }

  #ofBinary(node: ts.BinaryExpression, at: Scope): readonly Value[] {
    switch (node.operatorToken.kind) {
      case ts.SyntaxKind.QuestionQuestionToken:
      case ts.SyntaxKind.BarBarToken:
        return [...this.of(node.left, at), ...this.of(node.right, at)];
      case ts.SyntaxKind.AmpersandAmpersandToken:
      case ts.SyntaxKind.CommaToken:
      case ts.SyntaxKind.EqualsToken:
        return this.of(node.right, at);
      default:
        return NONE;
    }
  }

  #list(node: ts.ArrayLiteralExpression, at: Scope): Value {
    const items = node.elements.flatMap((element) =>
      ts.isSpreadElement(element)
        ? this.itemsOf(this.of(element.expression, at))
        : this.of(element, at),
    );
    return { kind: "list", node, items };
  }

  itemsOf(values: readonly Value[]): readonly Value[] {
    return values.flatMap((value) => (value.kind === "list" ? value.items : NONE));
  }

  #ofName(node: ts.Identifier, at: Scope): readonly Value[] {
    const symbol = this.parts.types.symbolAt(node);
    const [declaration] = symbol?.declarations ?? [];
    if (symbol === undefined || declaration === undefined) return this.undeclared(node);
    const isOfOthers = this.parts.types.isLibrary(declaration.getSourceFile());
    const whole = isOfOthers ? defaultImport(this.parts.types, node) : undefined;
    if (whole !== undefined && !this.parts.language.isDeclaredHere(declaration)) {
      return [external(whole)];
    }
    return this.ofSymbol(symbol, at);
  }

  /** What a name that nobody declares stands for. */
  undeclared(node: ts.Identifier): readonly Value[] {
    if (node.text === "undefined") return NONE;
    const name = undeclaredName(this.parts.types, node);
    return name === undefined ? NONE : [external(name)];
  }

  /** What a declared name stands for. */
  ofSymbol(symbol: ts.Symbol, at: Scope, self?: Value): readonly Value[] {
    return (symbol.declarations ?? []).flatMap((declaration) =>
      this.#declared(declaration, at, self),
    );
  }

  #declared(node: ts.Declaration, at: Scope, self?: Value): readonly Value[] {
    const { language, names } = this.parts;
    if (language.isDeclaredHere(node)) return this.#ofLanguage(node);
    const name = names.nameOf(node);
    if (name !== undefined) return [external(name)];
    const scope = scopeOf(node, at);
    if (isFunctionNode(node))
      return node.body === undefined ? NONE : [functionValue(node, scope, self)];
    if (ts.isClassLike(node)) return [{ kind: "class", node, scope }];
    if (ts.isParameter(node)) return this.#ofParameter(node, at);
    if (ts.isBindingElement(node)) return this.#ofBinding(node, at);
    if (ts.isVariableDeclaration(node)) return this.#ofVariable(node, scope);
    return this.#ofMember(node, scope, self);
  }

  #ofMember(node: ts.Declaration, scope: Scope, self?: Value): readonly Value[] {
    if (ts.isPropertyAssignment(node)) return this.of(node.initializer, scope);
    if (ts.isShorthandPropertyAssignment(node)) return this.ofShorthand(node, scope);
    if (ts.isPropertyDeclaration(node) && node.initializer !== undefined) {
      return this.of(node.initializer, self?.kind === "instance" ? self.made : scope);
    }
    if (ts.isExportAssignment(node)) return this.of(node.expression, undefined);
    if (ts.isBinaryExpression(node)) return this.of(node.right, scope);
    if (isAccess(node) && ts.isBinaryExpression(node.parent))
      return this.of(node.parent.right, scope);
    return NONE;
  }

  /** What `{ name }` hands on. */
  ofShorthand(node: ts.ShorthandPropertyAssignment, scope: Scope): readonly Value[] {
    const symbol = this.parts.types.shorthandSymbol(node);
    if (symbol === undefined || symbol.declarations === undefined)
      return this.undeclared(node.name);
    return this.ofSymbol(symbol, scope);
  }

  #ofLanguage(node: ts.Declaration): readonly Value[] {
    if (ts.isSourceFile(node)) return [external("raftoral#")];
    const isEffect = this.parts.language.givesEffect(node);
    return [{ kind: "language", name: nameText(named(node)) ?? "", isEffect }];
  }

  #ofParameter(node: ts.ParameterDeclaration, at: Scope): readonly Value[] {
    const activation = scopeOf(node, at);
    return activation === undefined ? NONE : this.ofParameterIn(node, activation);
  }

  /** What a parameter was given, or its default. */
  ofParameterIn(node: ts.ParameterDeclaration, made: Activation): readonly Value[] {
    const bound = made.bindings.get(node);
    if (bound !== undefined) return bound;
    const isOpen = !made.given.has(node) && node.initializer !== undefined;
    return isOpen ? this.of(node.initializer, made) : NONE;
  }

  #ofVariable(node: ts.VariableDeclaration, scope: Scope): readonly Value[] {
    const { parent } = node.parent;
    if (ts.isForOfStatement(parent)) return this.itemsOf(this.of(parent.expression, scope));
    return node.initializer === undefined ? NONE : this.of(node.initializer, scope);
  }

  /** `{ now }` of `const { now } = Date`, and the same of a parameter. */
  #ofBinding(node: ts.BindingElement, at: Scope): readonly Value[] {
    const pattern = node.parent;
    const owner = pattern.parent;
    const scope = scopeOf(node, at);
    const base = ts.isVariableDeclaration(owner)
      ? this.#ofVariable(owner, scope)
      : ts.isParameter(owner)
        ? this.#ofParameter(owner, at)
        : this.#ofBinding(owner, at);
    if (ts.isArrayBindingPattern(pattern)) return this.itemsOf(base);
    const key = nameText(node.propertyName ?? node.name);
    if (key === undefined || node.dotDotDotToken !== undefined) return NONE;
    const members = base.flatMap((value) => this.members.of(value, key));
    const defaults = node.initializer === undefined ? NONE : this.of(node.initializer, scope);
    if (members.length > 0) return members;
    return defaults.length > 0 ? defaults : this.#memberByType(pattern, key, at);
  }

  #memberByType(pattern: ts.BindingPattern, key: string, at: Scope): readonly Value[] {
    const { types } = this.parts;
    const said = ts.isBindingElement(pattern.parent) ? undefined : pattern.parent.type;
    const symbol = types.declaredMember(said, key) ?? types.memberOf(types.typeAt(pattern), key);
    const declaration = symbol?.declarations?.[0];
    if (symbol === undefined || declaration === undefined || ts.isBindingElement(declaration))
      return NONE;
    return this.ofSymbol(symbol, at);
  }

  #ofAccess(
    node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
    at: Scope,
  ): readonly Value[] {
    const key = memberText(node) ?? this.#keyByType(node);
    const plain = key === undefined ? undefined : this.parts.members.plain(key);
    const isNamed = ts.isIdentifier(bare(node.expression));
    if (plain !== undefined && !isNamed) return [external(plain)];
    const base = this.of(node.expression, at);
    if (key === undefined) return base.flatMap((value) => this.members.any(value));
    const members = base.flatMap((value) => this.members.of(value, key));
    if (members.length > 0) return members;
    if (plain !== undefined) return [external(plain)];
    if (!isCalled(node) && !this.parts.members.mayHold(key)) return this.#untyped(node, key, at);
    return this.#bySymbol(node, key, at);
  }

  /** A member that is only read, and that is no function in the project: types add nothing. */
  #untyped(node: Access, key: string, at: Scope): readonly Value[] {
    return isReadName(key) ? this.#bySymbol(node, key, at) : NONE;
  }

  /** `Date[KEY]`, where KEY can be one text only. */
  #keyByType(node: Access): string | undefined {
    if (!ts.isElementAccessExpression(node)) return undefined;
    const type = this.parts.types.typeAt(node.argumentExpression);
    return type.isStringLiteral() ? type.value : undefined;
  }

  #bySymbol(
    node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
    key: string,
    at: Scope,
  ) {
    const { types, classes } = this.parts;
    const place = ts.isPropertyAccessExpression(node) ? node.name : node.argumentExpression;
    const symbol = types.symbolAt(place);
    if (symbol === undefined || symbol.declarations === undefined)
      return this.#loose(node, key, at);
    const own = this.ofSymbol(symbol, at);
    const others = symbol.declarations.flatMap((declaration) => classes.overrides(declaration));
    return [...own, ...others.flatMap((each) => this.#declared(each, undefined))];
  }

  /** `pino().info`, where no types say what `pino()` is. */
  #loose(node: ts.PropertyAccessExpression | ts.ElementAccessExpression, key: string, at: Scope) {
    const inner = bare(node.expression);
    const callee = ts.isIdentifier(inner) ? this.#initializerOf(inner) : inner;
    const isMade =
      callee !== undefined && (ts.isCallExpression(callee) || ts.isNewExpression(callee));
    if (!isMade) return NONE;
    return this.of(callee.expression, at).flatMap((value) =>
      value.kind === "external" && value.name.includes("#")
        ? [external(memberName(value.name, key))]
        : [],
    );
  }

  #initializerOf(node: ts.Identifier): ts.Expression | undefined {
    const declaration = this.parts.types.symbolAt(node)?.valueDeclaration;
    const isVariable = declaration !== undefined && ts.isVariableDeclaration(declaration);
    const initializer = isVariable ? declaration.initializer : undefined;
    return initializer === undefined ? undefined : bare(initializer);
  }

  #ofThis(node: ts.Expression, at: Scope): readonly Value[] {
    for (let scope = at; scope !== undefined; scope = scope.scope) {
      const { code } = scope;
      if (ts.isArrowFunction(code) || !isWithin(node, code)) continue;
      if (ts.isClassLike(code)) {
        return [{ kind: "instance", node: code, scope: scope.scope, made: scope }];
      }
      return scope.self === undefined ? NONE : [scope.self];
    }
    return NONE;
  }
}

function isCalled(node: ts.Expression): boolean {
  const outer = wrapped(node);
  const { parent } = outer;
  const isCall = ts.isCallExpression(parent) || ts.isNewExpression(parent);
  return (isCall && parent.expression === outer) || ts.isTaggedTemplateExpression(parent);
}

function named(node: ts.Declaration): ts.PropertyName | ts.BindingName | undefined {
  const name = ts.getNameOfDeclaration(node);
  return name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteral(name))
    ? name
    : undefined;
}

function distinct(values: readonly Value[]): readonly Value[] {
  if (values.length < 2) return values;
  return [...new Map(values.map((value) => [valueKey(value), value])).values()];
}
