import { ts } from "ts-morph";
import { scopeOf } from "./activations.ts";
import { bare, CONVERTING_OPERATORS, calledAs, nameText } from "./nodes.ts";
import type { Reading } from "./reading.ts";
import type { Value } from "./value.ts";

/** Asked in this order, by what a value is made: a text, a number, JSON. */
const TO_TEXT = ["toString", "valueOf"];
const TO_NUMBER = ["valueOf", "toString"];
const TO_JSON = ["toJSON"];

/** Functions of the platform that make a value something else, by how they are written. */
const CONVERTERS: Readonly<Record<string, readonly string[]>> = {
  String: TO_TEXT,
  Number: TO_NUMBER,
  BigInt: TO_NUMBER,
  "JSON.stringify": TO_JSON,
};

/** They read all members of what they are handed, getters too. */
const COPIERS: ReadonlySet<string> = new Set([
  "JSON.stringify",
  "Object.assign",
  "Object.entries",
  "Object.values",
  "structuredClone",
]);

const ARITHMETIC: ReadonlySet<ts.SyntaxKind> = new Set([
  ...CONVERTING_OPERATORS,
  ts.SyntaxKind.PlusEqualsToken,
  ts.SyntaxKind.MinusEqualsToken,
]);

/** Own code that runs without being called by name: conversions, getters of what is copied. */
export class ImplicitReader {
  readonly #reading: Reading;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  read(node: ts.Node): void {
    if (ts.isTemplateExpression(node)) {
      for (const { expression } of node.templateSpans) this.#converted(expression, TO_TEXT);
    } else if (isSigned(node)) this.#converted(node.operand, TO_NUMBER);
    else if (ts.isBinaryExpression(node) && ARITHMETIC.has(node.operatorToken.kind)) {
      this.#converted(node.left, TO_NUMBER);
      this.#converted(node.right, TO_NUMBER);
    } else if (ts.isSpreadAssignment(node)) this.#copied(node.expression);
  }

  readCall(node: ts.CallExpression): void {
    const name = calledAs(node);
    const [first] = node.arguments;
    const methods = Object.hasOwn(CONVERTERS, name) ? CONVERTERS[name] : undefined;
    if (methods !== undefined && first !== undefined) this.#converted(first, methods);
    if (COPIERS.has(name)) for (const argument of node.arguments) this.#copied(argument);
  }

  /** `{ region }` in a pattern, where `region` is a getter. */
  readPattern(pattern: ts.BindingName): void {
    if (!ts.isObjectBindingPattern(pattern)) return;
    const { facts } = this.#reading;
    for (const element of pattern.elements) {
      const key = nameText(element.propertyName ?? element.name);
      if (key !== undefined && facts.members.isAccessor(key)) {
        const member = facts.types.memberOf(facts.types.typeAt(pattern), key);
        for (const each of member?.declarations ?? []) this.#linkGetter(each, element, undefined);
      }
      this.readPattern(element.name);
    }
  }

  /** Types are not asked: only what the code itself says it made is converted by its own code. */
  #converted(node: ts.Expression, methods: readonly string[]): void {
    const { facts, at } = this.#reading;
    const own = methods.filter((name) => facts.members.mayHold(name));
    const inner = bare(node);
    if (own.length === 0 || ts.isLiteralExpression(inner)) return;
    for (const value of facts.values.of(inner, at)) {
      for (const target of isJson(methods) ? this.#within(value, 3) : [value]) {
        this.#linkFirst(target, own, node);
      }
    }
  }

  #linkFirst(value: Value, names: readonly string[], node: ts.Node): void {
    if (value.kind !== "instance" && value.kind !== "object") return;
    const { facts, link } = this.#reading;
    for (const name of names) {
      const functions = facts.values.members.of(value, name);
      for (const each of functions) {
        if (each.kind !== "function") continue;
        const { node: code, scope } = each;
        link(facts.activations.get(code, { scope, self: value }), node, "call");
      }
      if (functions.length > 0) return;
    }
  }

  /** What lies in lists and objects too. */
  #within(value: Value, depth: number): readonly Value[] {
    if (depth === 0) return [];
    if (value.kind === "list") return value.items.flatMap((each) => this.#within(each, depth - 1));
    if (value.kind !== "object") return [value];
    const { members } = this.#reading.facts.values;
    return [value, ...members.any(value).flatMap((each) => this.#within(each, depth - 1))];
  }

  /** Getters of an object run when it is spread or copied; those of a class stay behind. */
  #copied(node: ts.Expression): void {
    const { facts, at } = this.#reading;
    if (!facts.members.hasAccessors()) return;
    for (const value of facts.values.of(node, at)) {
      if (value.kind !== "object") continue;
      for (const property of value.node.properties) this.#linkGetter(property, node, value);
    }
  }

  #linkGetter(declaration: ts.Declaration, node: ts.Node, self: Value | undefined): void {
    if (!ts.isGetAccessorDeclaration(declaration) || declaration.body === undefined) return;
    const { facts, at, link } = this.#reading;
    const scope = scopeOf(declaration, at);
    link(facts.activations.get(declaration, { scope, self }), node, "getter");
  }
}

/** `+x`, `-x`, not `!x`. */
function isSigned(node: ts.Node): node is ts.PrefixUnaryExpression {
  return ts.isPrefixUnaryExpression(node) && node.operator !== ts.SyntaxKind.ExclamationToken;
}

const isJson = (methods: readonly string[]): boolean => methods === TO_JSON;
