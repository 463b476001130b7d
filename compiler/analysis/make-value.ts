import type { ts } from "ts-morph";
import type { FunctionNode } from "./nodes.ts";
import type { Scope, Value } from "./value.ts";

export function functionValue(node: FunctionNode, scope: Scope, self?: Value): Value {
  return self === undefined
    ? { kind: "function", node, scope }
    : { kind: "function", node, scope, self };
}

export const external = (name: string): Value =>
  /^raftoral(\/[^#]*)?#./.test(name)
    ? {
        kind: "language",
        name: name.replace(/^.*#/, ""),
        isEffect: !NO_EFFECT.has(name.replace(/^.*#/, "")),
      }
    : { kind: "external", name };

/** Of the language as it is when its package cannot be found. */
const NO_EFFECT: ReadonlySet<string> = new Set([
  "workflow",
  "step",
  "signal",
  "effects",
  "startNode",
  "connect",
]);

export const list = (node: ts.Node, items: readonly Value[]): Value => ({
  kind: "list",
  node,
  items,
});
