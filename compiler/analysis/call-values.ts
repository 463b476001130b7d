import { ts } from "ts-morph";
import { bindArguments } from "./bindings.ts";
import { LISTS_GIVING_ITEMS, LISTS_GIVING_LISTS } from "./lists.ts";
import { external, list } from "./make-value.ts";
import { moduleName, requiredModule } from "./names.ts";
import { bare, type FunctionNode, isAccess, memberText, returnsOf } from "./nodes.ts";
import type { Activation, Scope, Value } from "./value.ts";
import type { Values } from "./values.ts";

const NONE: readonly Value[] = [];

type Callable = Value & { readonly kind: "function" };

/** What calls give, and pieces of code as they are called. */
export class CallValues {
  readonly #values: Values;
  /** Functions whose results are being asked for: one that calls itself adds nothing. */
  readonly #asked = new Set<ts.Node>();
  readonly #returns = new Map<ts.Node, readonly ts.Expression[]>();

  constructor(values: Values) {
    this.#values = values;
  }

  #returnsOf(node: FunctionNode): readonly ts.Expression[] {
    const known = this.#returns.get(node) ?? returnsOf(node);
    this.#returns.set(node, known);
    return known;
  }

  /** What a call gives. */
  of(node: ts.CallExpression, at: Scope): readonly Value[] {
    const required = requiredModule(node);
    if (required !== undefined) return this.#ofModule(node, required);
    const callee = bare(node.expression);
    if (isAccess(callee) && memberText(callee) === "bind") {
      const bound = this.#values
        .of(callee.expression, at)
        .filter((value) => value.kind !== "object");
      if (bound.length > 0) return bound;
    }
    const targets = this.#values.of(callee, at);
    const results = targets.flatMap((target) => this.#resultOfCall(target, node, at));
    return results.length > 0 ? results : this.#passedThrough(node, at);
  }

  #ofModule(node: ts.CallExpression, specifier: string): readonly Value[] {
    const [argument] = node.arguments;
    const module = argument === undefined ? undefined : this.#values.parts.types.symbolAt(argument);
    const declaration = module?.declarations?.[0];
    const isSource = declaration !== undefined && ts.isSourceFile(declaration);
    if (isSource && !this.#values.parts.types.isLibrary(declaration)) return NONE;
    return [external(moduleName(specifier, []))];
  }

  #resultOfCall(target: Value, call: ts.CallExpression, at: Scope): readonly Value[] {
    if (target.kind === "language") {
      return [{ kind: "made", by: target.name, call, isEffect: target.isEffect }];
    }
    if (target.kind === "made" && target.by === "step") {
      return [{ kind: "made", by: "step()", call, isEffect: true }];
    }
    if (target.kind !== "function") return NONE;
    const returns = this.#returnsOf(target.node);
    if (returns.length === 0 || this.#asked.has(target.node)) return NONE;
    this.#asked.add(target.node);
    try {
      const called = this.activation(target, call.arguments, at);
      return returns.flatMap((expression) => this.#values.of(expression, called));
    } finally {
      this.#asked.delete(target.node);
    }
  }

  /** What `new` gives. */
  ofNew(node: ts.NewExpression, at: Scope): readonly Value[] {
    return this.#values.of(node.expression, at).flatMap((value): readonly Value[] => {
      if (value.kind === "external") return this.#ofCollection(value.name, node, at);
      if (value.kind !== "class") return NONE;
      const made = this.construction(value, node.arguments ?? [], at);
      return [{ kind: "instance", node: value.node, scope: value.scope, made }];
    });
  }

  /** `new Map([["a", f]])` and `new Set([f])` are looked at as lists of what they keep. */
  #ofCollection(name: string, node: ts.NewExpression, at: Scope): readonly Value[] {
    const [given] = node.arguments ?? [];
    if (given === undefined || !(name === "Map" || name === "Set")) return NONE;
    const items = this.#values.itemsOf(this.#values.of(given, at));
    const kept = name === "Map" ? this.#values.itemsOf(items) : items;
    return kept.length > 0 ? [list(node, kept)] : NONE;
  }

  /** A class as it is made with these arguments. */
  construction(
    value: Value & { readonly kind: "class" },
    args: readonly ts.Expression[],
    at: Scope,
  ): Activation {
    const maker = this.#values.parts.classes.constructorOf(value.node);
    const bound =
      maker === undefined ? undefined : bindArguments(this.#values, maker.parameters, args, at);
    const isOfModule = at === undefined || at.isOfModule;
    return this.#values.parts.activations.get(value.node, {
      scope: value.scope,
      isOfModule,
      ...bound,
    });
  }

  /** A function as it is called with these arguments. */
  activation(target: Callable, args: readonly ts.Expression[], at: Scope): Activation {
    const { scope, self, node } = target;
    return this.#values.parts.activations.get(node, {
      scope,
      self,
      isOfModule: at === undefined || (scope?.isOfModule ?? false),
      ...bindArguments(this.#values, node.parameters, args, at),
    });
  }

  /** What a decorator puts in the place of what it decorates: the functions that it returns. */
  replacements(value: Callable, called: Activation): readonly Activation[] {
    return returnsOf(value.node)
      .flatMap((expression) => this.#values.of(expression, called))
      .flatMap((result) => {
        if (result.kind !== "function") return [];
        const { node, scope, self } = result;
        return [this.#values.parts.activations.get(node, { scope, self })];
      });
  }

  /** Calls that give back what they were given: `Object.freeze(x)`, `list.slice()`. */
  #passedThrough(node: ts.CallExpression, at: Scope): readonly Value[] {
    const callee = bare(node.expression);
    if (!isAccess(callee)) return NONE;
    const name = memberText(callee) ?? "";
    if (ts.isIdentifier(callee.expression) && callee.expression.text === "Object") {
      return this.#ofObject(name, node, at);
    }
    if (LISTS_GIVING_ITEMS.has(name))
      return this.#values.itemsOf(this.#values.of(callee.expression, at));
    if (!LISTS_GIVING_LISTS.has(name)) return NONE;
    const items = this.#values.itemsOf(this.#values.of(callee.expression, at));
    return items.length > 0 ? [list(node, items)] : NONE;
  }

  #ofObject(name: string, node: ts.CallExpression, at: Scope): readonly Value[] {
    const [first, second] = node.arguments.map((each) => this.#values.of(each, at));
    switch (name) {
      case "freeze":
      case "seal":
      case "preventExtensions":
        return first ?? NONE;
      case "assign":
        return [...(first ?? NONE), ...(second ?? NONE)];
      case "values":
        return [
          list(
            node,
            (first ?? NONE).flatMap((value) => this.#values.members.any(value)),
          ),
        ];
      default:
        return NONE;
    }
  }
}
