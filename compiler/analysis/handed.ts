import { ts } from "ts-morph";
import { known } from "../catalog/lookup.ts";
import { bare, hasOwn, isAccess, isAsync, isInlineFunction, memberText } from "./nodes.ts";
import type { Reading } from "./reading.ts";
import { calledSite, hostSite } from "./sinks.ts";
import type { Value } from "./value.ts";

/** Which parameter of what they are handed gets the item, where it is not the first. */
const ITEM_AT: Readonly<Record<string, number>> = { reduce: 1, reduceRight: 1 };

/** Functions that code hands on instead of calling them. */
export class HandedFunctions {
  readonly #reading: Reading;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** Functions that are handed to what calls them: they run as part of the body. */
  link(arg: ts.Expression, node: ts.Node): void {
    for (const value of this.#within(this.#reading.facts.values.of(arg, this.#reading.at), 3)) {
      if (value.kind === "external") this.#callHanded(value.name, arg);
      if (value.kind !== "function") continue;
      const { scope, self } = value;
      this.#reading.link(
        this.#reading.facts.activations.get(value.node, { scope, self }),
        node,
        "reference",
      );
    }
  }

  #callHanded(name: string, arg: ts.Expression): void {
    if (known(name).isRead || !/[.#]/.test(name)) return;
    const isFunction = ts.isIdentifier(bare(arg)) || isAccess(bare(arg));
    const site = isFunction
      ? calledSite(name, arg, HANDED, this.#reading.facts.declared)
      : undefined;
    if (site !== undefined && site.ruleId !== "RD120") this.#reading.report(site);
  }

  #within(values: readonly Value[], depth: number): readonly Value[] {
    if (depth === 0) return [];
    return values.flatMap((value): readonly Value[] => {
      if (value.kind === "list") return this.#within(value.items, depth - 1);
      if (value.kind !== "object") return [value];
      const keys = value.node.properties.flatMap((each) => each.name?.getText() ?? []);
      return this.#within(
        keys.flatMap((key) => this.#reading.facts.values.members.of(value, key)),
        depth - 1,
      );
    });
  }

  /** `prices.map((price) => price())`: what the list holds is what the function gets. */
  bindItems(node: ts.CallExpression): void {
    const callee = bare(node.expression);
    if (!isAccess(callee)) return;
    const [handed] = node.arguments;
    const position = ITEM_AT[memberText(callee) ?? ""] ?? 0;
    if (handed === undefined || !callsItsItem(bare(handed), position)) return;
    const items = this.#reading.facts.values.itemsOf(
      this.#reading.facts.values.of(callee.expression, this.#reading.at),
    );
    if (items.length === 0) return;
    for (const value of this.#reading.facts.values.of(handed, this.#reading.at)) {
      const parameter = value.kind === "function" ? value.node.parameters[position] : undefined;
      if (value.kind !== "function" || parameter === undefined) continue;
      const bindings = new Map([[parameter, items]]);
      const { scope, self } = value;
      this.#reading.link(
        this.#reading.facts.activations.get(value.node, { scope, self, bindings }),
        node,
        "call",
      );
    }
  }

  /** A callback that is async goes on after the body has. */
  checkAsync(arg: ts.Expression): void {
    const inner = bare(arg);
    if (isInlineFunction(inner) && isAsync(inner)) {
      this.#reading.report(hostSite("async", inner, "an async function"));
    }
  }

  /** What decorators put in the place of what is called. */
  linkDecorators(node: ts.Node, from: ts.Node): void {
    if (!ts.canHaveDecorators(node)) return;
    for (const { expression } of ts.getDecorators(node) ?? []) {
      const inner = bare(expression);
      for (const value of this.#reading.facts.values.of(inner, undefined)) {
        if (value.kind === "function") this.#linkReplaced(value, from);
      }
    }
  }

  #linkReplaced(value: Value & { readonly kind: "function" }, from: ts.Node): void {
    const { activations, values } = this.#reading.facts;
    const { node, scope, self } = value;
    const decorator = activations.get(node, { scope, self });
    for (const replaced of values.calls.replacements(value, decorator)) {
      this.#reading.link(replaced, from, "decorator");
    }
  }
}

/** `(each) => each()`, `(each) => each.run()`, or a function that stands elsewhere. */
function callsItsItem(handed: ts.Expression, position: number): boolean {
  if (!isInlineFunction(handed)) return true;
  const name = handed.parameters[position]?.name;
  if (name === undefined || !ts.isIdentifier(name)) return name !== undefined;
  return hasOwn(handed, (node) => {
    if (!ts.isCallExpression(node)) return false;
    const callee = bare(node.expression);
    const base = isAccess(callee) ? bare(callee.expression) : callee;
    return ts.isIdentifier(base) && base.text === name.text;
  });
}

/** Handed on, a function is called with something: an item, an index. */
const HANDED: readonly ts.Expression[] = [];
