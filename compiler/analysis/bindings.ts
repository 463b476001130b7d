import { ts } from "ts-morph";
import { bare, functionAround, isFunctionNode } from "./nodes.ts";
import type { Scope, Value } from "./value.ts";
import type { Values } from "./values.ts";

export interface Bound {
  readonly bindings: ReadonlyMap<ts.Node, readonly Value[]>;
  readonly given: ReadonlySet<ts.Node>;
}

/** What each parameter stands for in this call. */
export function bindArguments(
  values: Values,
  parameters: readonly ts.ParameterDeclaration[],
  args: readonly ts.Expression[],
  at: Scope,
): Bound {
  const bindings = new Map<ts.Node, readonly Value[]>();
  const given = new Set<ts.Node>();
  const spread = args.findIndex(ts.isSpreadElement);
  const followed = (node: ts.Expression): readonly Value[] =>
    values.of(node, at).filter(isFollowed);
  parameters.forEach((parameter, i) => {
    if (parameter.dotDotDotToken !== undefined) {
      const items = args.slice(i).flatMap(followed);
      if (items.length > 0) bindings.set(parameter, [{ kind: "list", node: parameter, items }]);
      return;
    }
    const arg = args[i];
    const isUnknown = spread >= 0 && i >= spread;
    if (arg === undefined || isUnknown || isUndefined(arg)) return;
    for (const each of givenBy(arg, parameter)) given.add(each);
    const bound = followed(arg);
    if (bound.length > 0) bindings.set(parameter, bound);
  });
  return { bindings, given };
}

/** The defaults, of the parameter and in its pattern, that do not run. */
function givenBy(arg: ts.Expression, parameter: ts.ParameterDeclaration): readonly ts.Node[] {
  const inner = defaultsIn(parameter.name).filter((element) => givesMember(arg, element));
  return parameter.initializer === undefined ? inner : [parameter, ...inner];
}

/** Values whose members or calls the function may use. */
function isFollowed(value: Value): boolean {
  if (value.kind === "object") {
    return value.node.properties.some(mayHoldFunction) || isOfModule(value.node);
  }
  return value.kind !== "made";
}

/** An object that a module keeps: whoever changes it changes it for all. */
function isOfModule(node: ts.Node): boolean {
  return functionAround(node) === undefined;
}

/** A function, or anything that is not a mere text or number. */
function mayHoldFunction(property: ts.ObjectLiteralElementLike): boolean {
  if (!ts.isPropertyAssignment(property)) return true;
  const value = bare(property.initializer);
  if (ts.isObjectLiteralExpression(value)) return value.properties.some(mayHoldFunction);
  return isFunctionNode(value) || ts.isIdentifier(value) || ts.isPropertyAccessExpression(value);
}

function isUndefined(node: ts.Expression): boolean {
  return (ts.isIdentifier(node) && node.text === "undefined") || ts.isVoidExpression(node);
}

/** Elements of a pattern that have a default of their own. */
export function defaultsIn(name: ts.BindingName): readonly ts.BindingElement[] {
  if (ts.isIdentifier(name)) return [];
  return name.elements.flatMap((element) => {
    if (ts.isOmittedExpression(element)) return [];
    const inner = defaultsIn(element.name);
    return element.initializer === undefined ? inner : [element, ...inner];
  });
}

function givesMember(arg: ts.Expression, element: ts.BindingElement): boolean {
  const literal = bare(arg);
  const key = element.propertyName ?? element.name;
  if (!ts.isObjectLiteralExpression(literal) || !ts.isIdentifier(key)) return false;
  return literal.properties.some(
    (each) => each.name !== undefined && ts.isIdentifier(each.name) && each.name.text === key.text,
  );
}
