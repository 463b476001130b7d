import { ts } from "ts-morph";
import { external, functionValue } from "./make-value.ts";
import { memberName } from "./names.ts";
import { type FunctionNode, isAccess, memberText, nameText, returnsOf } from "./nodes.ts";
import type { Activation, Scope, Value } from "./value.ts";
import type { Values } from "./values.ts";

const NONE: readonly Value[] = [];

/** Members of objects, classes and their instances. */
export class MemberValues {
  readonly #values: Values;

  constructor(values: Values) {
    this.#values = values;
  }

  /** A member of a value, by its name. */
  of(value: Value, key: string): readonly Value[] {
    switch (value.kind) {
      case "external":
        return value.name.endsWith("()") ? NONE : [external(memberName(value.name, key))];
      case "object":
        return this.#objectMember(value, key);
      case "class":
        return this.#classMember(value, key);
      case "instance":
        return this.#instanceMember(value, key);
      case "made":
        return value.by === "effects"
          ? [{ kind: "language", name: key, isEffect: key === "compute" }]
          : NONE;
      case "list":
        return /^\d+$/.test(key) ? value.items : NONE;
      default:
        return NONE;
    }
  }

  /** All members, where the name is not known. */
  any(value: Value): readonly Value[] {
    if (value.kind === "list") return value.items;
    if (value.kind !== "object") return NONE;
    return value.node.properties.flatMap((property) => this.#property(property, value));
  }

  #objectMember(value: Value & { readonly kind: "object" }, key: string): readonly Value[] {
    const { properties } = value.node;
    for (const property of [...properties].reverse()) {
      if (ts.isSpreadAssignment(property)) {
        const spread = this.#values.of(property.expression, value.scope);
        const found = spread.flatMap((each) => this.of(each, key));
        if (found.length > 0) return found;
      } else if (nameText(property.name) === key) {
        return this.#property(property, value);
      }
    }
    return NONE;
  }

  #property(
    property: ts.ObjectLiteralElementLike,
    owner: Value & { readonly kind: "object" },
  ): readonly Value[] {
    const { scope } = owner;
    if (ts.isPropertyAssignment(property)) return this.#values.of(property.initializer, scope);
    if (ts.isShorthandPropertyAssignment(property))
      return this.#values.ofShorthand(property, scope);
    if (ts.isMethodDeclaration(property)) return [functionValue(property, scope, owner)];
    if (ts.isGetAccessorDeclaration(property)) return this.#results(property, scope, owner);
    return NONE;
  }

  #results(node: FunctionNode, scope: Scope, self?: Value): readonly Value[] {
    const activation = this.#values.parts.activations.get(node, { scope, self });
    return returnsOf(node).flatMap((expression) => this.#values.of(expression, activation));
  }

  #classMember(value: Value & { readonly kind: "class" }, key: string): readonly Value[] {
    for (const node of this.#values.parts.classes.lineage(value.node)) {
      const member = node.members.find((each) => isStatic(each) && nameText(each.name) === key);
      if (member !== undefined) return this.#memberValue(member, value);
    }
    return NONE;
  }

  #instanceMember(value: Value & { readonly kind: "instance" }, key: string): readonly Value[] {
    for (const node of this.#values.parts.classes.lineage(value.node)) {
      const member = node.members.find((each) => !isStatic(each) && nameText(each.name) === key);
      const found = member === undefined ? NONE : this.#memberValue(member, value);
      if (found.length > 0) return found;
      const set = this.#setInConstructor(node, key, value);
      if (set.length > 0) return set;
    }
    return NONE;
  }

  #memberValue(
    member: ts.ClassElement,
    owner: Value & { readonly kind: "class" | "instance" },
  ): readonly Value[] {
    const scope = owner.kind === "instance" ? (owner.made ?? owner.scope) : owner.scope;
    if (ts.isMethodDeclaration(member)) {
      return member.body === undefined ? NONE : [functionValue(member, scope, owner)];
    }
    if (ts.isPropertyDeclaration(member) && member.initializer !== undefined) {
      return this.#values.of(member.initializer, scope);
    }
    if (ts.isGetAccessorDeclaration(member)) return this.#results(member, scope, owner);
    return NONE;
  }

  /** A field that the constructor sets: by a parameter property or by `this.x = …`. */
  #setInConstructor(
    node: ts.ClassLikeDeclaration,
    key: string,
    value: Value & { readonly kind: "instance" },
  ): readonly Value[] {
    const maker = node.members.find(ts.isConstructorDeclaration);
    const { made } = value;
    if (maker === undefined || made === undefined) return NONE;
    const parameter = maker.parameters.find(
      (each) => nameText(each.name) === key && (ts.getModifiers(each) ?? []).length > 0,
    );
    if (parameter !== undefined) return this.#values.ofParameterIn(parameter, made);
    return (maker.body?.statements ?? []).flatMap((statement) => {
      const right = setBy(statement, key);
      return right === undefined ? [] : this.#values.of(right, inConstructor(maker, made));
    });
  }
}

/** The right side of `this.key = …`. */
function setBy(statement: ts.Statement, key: string): ts.Expression | undefined {
  const isSet = ts.isExpressionStatement(statement) && ts.isBinaryExpression(statement.expression);
  if (!isSet) return undefined;
  const { left, right } = statement.expression;
  const isThis = isAccess(left) && left.expression.kind === ts.SyntaxKind.ThisKeyword;
  return isThis && memberText(left) === key ? right : undefined;
}

function isStatic(member: ts.ClassElement): boolean {
  return (
    ts.canHaveModifiers(member) &&
    (ts.getModifiers(member) ?? []).some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword)
  );
}

function inConstructor(code: ts.ConstructorDeclaration, made: Activation): Activation {
  return { ...made, code };
}
