import { ts } from "ts-morph";
import { type FunctionNode, isFunctionNode } from "./nodes.ts";
import type { Activation, Scope, Value } from "./value.ts";

/** With more ways of being called than this, a function is looked at once, as called by anybody. */
const WAYS_MAX = 12;

/** A value's identity, for telling two ways of being called apart. */
export function valueKey(value: Value): string {
  switch (value.kind) {
    case "external":
    case "language":
      return `${value.kind}:${value.name}`;
    case "made":
      return `made:${placeKey(value.call)}`;
    case "list":
      return `list:${value.items.map(valueKey).join()}`;
    case "instance":
      return `instance:${placeKey(value.node)}:${value.made?.id ?? ""}`;
    default:
      return `${value.kind}:${placeKey(value.node)}:${value.scope?.id ?? ""}`;
  }
}

const placeKey = (node: ts.Node): string =>
  `${node.getSourceFile().fileName}/${node.pos}/${node.kind}`;

export interface Given {
  readonly scope: Scope;
  readonly bindings?: ReadonlyMap<ts.Node, readonly Value[]>;
  readonly given?: ReadonlySet<ts.Node>;
  readonly self?: Value | undefined;
  readonly isOfModule?: boolean;
}

/** All ways in which code is called, each made once. */
export class Activations {
  readonly #byCode = new Map<ts.Node, Map<string, Activation>>();
  #count = 0;

  get(code: ts.Node, wanted: Given): Activation {
    const ways = this.#byCode.get(code) ?? new Map<string, Activation>();
    this.#byCode.set(code, ways);
    const key = keyOf(wanted);
    const known = ways.get(key);
    if (known !== undefined) return known;
    if (ways.size >= WAYS_MAX) return ways.get("") ?? this.#add(ways, "", code, general(wanted));
    return this.#add(ways, key, code, wanted);
  }

  #add(ways: Map<string, Activation>, key: string, code: ts.Node, wanted: Given): Activation {
    this.#count += 1;
    const made: Activation = {
      id: this.#count,
      code,
      scope: wanted.scope,
      bindings: wanted.bindings ?? new Map(),
      given: wanted.given ?? new Set(),
      self: wanted.self,
      isOfModule: wanted.isOfModule ?? wanted.scope?.isOfModule ?? false,
    };
    ways.set(key, made);
    return made;
  }
}

function general({ scope, self, isOfModule }: Given): Given {
  return { scope, self, ...(isOfModule === undefined ? {} : { isOfModule }) };
}

function keyOf({ scope, bindings, given, self, isOfModule }: Given): string {
  const bound = [...(bindings ?? [])].map(
    ([parameter, values]) => `${parameter.pos}=${values.map(valueKey).join("|")}`,
  );
  const passed = [...(given ?? [])].map(({ pos }) => pos);
  const own = self === undefined ? "" : valueKey(self);
  return `${scope?.id ?? ""};${bound.join(",")};${passed.join(",")};${own};${isOfModule ?? ""}`;
}

/** The activation, of those around, whose code declares this node. */
export function scopeOf(node: ts.Node, from: Scope): Scope {
  const owner = codeAround(node);
  for (let at = from; at !== undefined; at = at.scope) {
    if (at.code === owner) return at;
    if (ts.isClassLike(at.code) && owner !== undefined && owner.parent === at.code) return at;
  }
  return undefined;
}

function codeAround(node: ts.Node): FunctionNode | ts.ClassLikeDeclaration | undefined {
  for (let outer = node.parent; outer !== undefined; outer = outer.parent) {
    if (isFunctionNode(outer)) return outer;
    if (ts.isPropertyDeclaration(outer) && ts.isClassLike(outer.parent)) return outer.parent;
  }
  return undefined;
}
