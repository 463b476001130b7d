import { ts } from "ts-morph";
import type { EffectRule, Facts, FunctionRule, RuleContext } from "../analysis/facts.ts";
import {
  bare,
  type FunctionNode,
  isGenerator,
  isInlineFunction,
  returnsOf,
  walkTree,
} from "../analysis/nodes.ts";
import { effectBodies } from "./effect-body.ts";
import { isPlain } from "./plain-value.ts";

/**
 * RD301: what is recorded goes through a codec, which keeps plain data, Map, Set, Date, bigint,
 * RegExp, URL, errors and typed arrays, and nothing that runs or waits.
 */
export const nonSerializable: EffectRule = (call, name, context) => {
  const recorded = RECORDED[name];
  const value = recorded === undefined ? undefined : call.arguments[recorded];
  if (value !== undefined) checkType(value, value, context);
  if (name !== "compute" && name !== "step()") return;
  for (const body of effectBodies(call, name, context)) {
    const results = resultsOf(body, context.facts);
    tell(
      firstBad(results, (type) => badResult(type, context.facts, call)),
      call,
      context,
    );
  }
};

/** The argument that is recorded, by effect. */
const RECORDED: Readonly<Record<string, number>> = {
  checkpoint: 1,
  variable: 1,
  set: 0,
  "step()": 0,
};

function checkType(node: ts.Expression, at: ts.Node, context: RuleContext): void {
  const { types } = context.facts;
  if (!isPlain(node, types)) tell(badPart(types.typeAt(node), context.facts, node), at, context);
}

/**
 * What an effect's body gives: the types of what it returns. To ask for the type of the whole
 * function makes the compiler infer the workflow around it first, which costs ten times more.
 */
function resultsOf(body: FunctionNode, { types }: Facts): readonly ts.Type[] {
  if (isGenerator(body)) {
    const result = types.resultOf(types.typeAt(body));
    return result === undefined ? [] : [result];
  }
  if (body.type !== undefined) return [types.typeAt(body.type)];
  return returnsOf(body)
    .filter((each) => !isPlain(each, types))
    .map((each) => types.typeAt(each));
}

/** A promise is waited for; what it gives is recorded. */
function badResult(type: ts.Type, facts: Facts, call: ts.Node): BadPart | undefined {
  if (type.isUnion()) return firstBad(type.types, (each) => badResult(each, facts, call));
  const [awaited] = isNamed(type, /^(?:Promise|PromiseLike)$/) ? facts.types.argumentsOf(type) : [];
  return badPart(awaited ?? type, facts, call);
}

export interface BadPart {
  readonly path: string;
  readonly what: string;
}

function tell(bad: BadPart | undefined, node: ts.Node, context: RuleContext): void {
  if (bad === undefined) return;
  const where = bad.path === "" ? "the value" : `its ${bad.path}`;
  const isClass = bad.what.startsWith("an instance");
  context.report({
    ruleId: "RD301",
    node,
    symbol: bad.path === "" ? "value" : bad.path,
    message: `${where} is ${bad.what}: it cannot be recorded`,
    help: isClass ? "record plain data, or register the class with superjson" : "record plain data",
    isLocal: true,
    ...(isClass ? { severity: "warn" } : {}),
  });
}

const DEPTH_MAX: number = 4;

/** The first part of a type that no codec keeps. */
export function badPart(
  type: ts.Type,
  facts: Facts,
  at: ts.Node,
  depth: number = DEPTH_MAX,
): BadPart | undefined {
  if (depth === 0) return undefined;
  const { flags } = type;
  if ((flags & ts.TypeFlags.ESSymbolLike) !== 0) return { path: "", what: "a symbol" };
  if (type.isUnion()) return firstBad(type.types, (each) => badPart(each, facts, at, depth));
  if (type.isIntersection() && type.types.some(isPrimitive)) return undefined;
  if ((flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0) return undefined;
  return badObject(type, facts, at, depth);
}

function firstBad<T>(
  items: readonly T[],
  find: (item: T) => BadPart | undefined,
): BadPart | undefined {
  for (const item of items) {
    const bad = find(item);
    if (bad !== undefined) return bad;
  }
  return undefined;
}

const isPrimitive = ({ flags }: ts.Type): boolean =>
  (flags & (ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BigIntLike)) !== 0;

const KEPT = /^(?:(?:Readonly)?(?:Map|Set)|Date|RegExp|URL|\w*Error|ArrayBuffer|Buffer)$/;
const LISTS = /^(?:(?:Readonly|(?:Big)?(?:Uint|Int|Float)\w*)?Array)$/;
const REFUSED: Readonly<Record<string, string>> = {
  Promise: "a promise",
  PromiseLike: "a promise",
  WeakMap: "a WeakMap",
  WeakSet: "a WeakSet",
  WeakRef: "a WeakRef",
  Generator: "a generator",
  AsyncGenerator: "a generator",
  Iterator: "an iterator",
  IterableIterator: "an iterator",
  Function: "a function",
};

function badObject(type: ts.Type, facts: Facts, at: ts.Node, depth: number): BadPart | undefined {
  if (facts.types.callDeclaration(type) !== undefined) return { path: "", what: "a function" };
  const name = type.getSymbol()?.name ?? "";
  const isOfPlatform = isDeclaredByPlatform(type, facts);
  const isContainer = isOfPlatform && (KEPT.test(name) || LISTS.test(name));
  const args = facts.types.argumentsOf(type);
  if (isContainer || isTuple(type))
    return firstBad(args, (each) => badPart(each, facts, at, depth - 1));
  const refused = isOfPlatform ? REFUSED[name] : undefined;
  if (refused !== undefined) return { path: "", what: refused };
  if (facts.language.isEffectType(type)) return { path: "", what: "an effect" };
  if (isInstance(type, facts)) return { path: "", what: `an instance of ${name}` };
  return badProperty(type, facts, at, depth);
}

function isTuple(type: ts.Type): boolean {
  return (
    "target" in type &&
    isObjectWithFlags(type.target) &&
    (type.target.objectFlags & ts.ObjectFlags.Tuple) !== 0
  );
}

function isObjectWithFlags(value: unknown): value is { readonly objectFlags: ts.ObjectFlags } {
  return typeof value === "object" && value !== null && "objectFlags" in value;
}

function isNamed(type: ts.Type, name: RegExp): boolean {
  return name.test(type.getSymbol()?.name ?? "");
}

function isDeclaredByPlatform(type: ts.Type, { types }: Facts): boolean {
  return (type.getSymbol()?.declarations ?? []).some((node) => {
    const file = node.getSourceFile();
    return (
      types.isDefaultLibrary(file) ||
      /\/node_modules\/(?:@types\/node|undici-types)\//.test(file.fileName)
    );
  });
}

/** An object of a class, whose methods and type are lost. */
function isInstance(type: ts.Type, facts: Facts): boolean {
  const declaration = type.getSymbol()?.valueDeclaration;
  if (declaration === undefined || !ts.isClassLike(declaration)) return false;
  const extendsError = facts.classes
    .lineage(declaration)
    .some(
      (node) =>
        node.heritageClauses?.some((clause) => /extends\s+\w*Error\b/.test(clause.getText())) ??
        false,
    );
  return !extendsError && !isRegistered(declaration, facts);
}

/** `SuperJSON.registerClass(Money)` anywhere in the project. */
function isRegistered(declaration: ts.ClassLikeDeclaration, { types }: Facts): boolean {
  const name = declaration.name?.text;
  if (name === undefined) return false;
  return types.files.some(
    (file) =>
      !types.isLibrary(file) &&
      new RegExp(`register(?:Class|Custom)\\b[^;]*\\b${name}\\b`).test(file.text),
  );
}

function badProperty(type: ts.Type, facts: Facts, at: ts.Node, depth: number): BadPart | undefined {
  return firstBad(type.getProperties(), (property) => {
    if (property.name.startsWith("__@")) return undefined;
    const bad = badPart(facts.types.typeOf(property, at), facts, at, depth - 1);
    if (bad === undefined) return undefined;
    return { ...bad, path: bad.path === "" ? property.name : `${property.name}.${bad.path}` };
  });
}

/** The input and the output of a body, from its own types. */
export const bodyTypes: FunctionRule = { read: readBodyTypes };

function readBodyTypes(code: ts.Node, context: RuleContext): void {
  const { facts, isBody } = context;
  if (!isBody || !ts.isFunctionLike(code)) return;
  const [input] = code.parameters;
  if (input?.type !== undefined) {
    tell(badPart(facts.types.typeAt(input), facts, input), input, context);
  }
  walkTree(code, (node) => {
    if (node !== code && ts.isFunctionLike(node)) return false;
    if (!ts.isReturnStatement(node) || node.expression === undefined) return undefined;
    const returned = bare(node.expression);
    if (isInlineFunction(returned) || !ts.isCallExpression(returned)) {
      if (isPlain(returned, facts.types)) return undefined;
      const type = facts.types.typeAt(returned);
      if (!facts.language.isEffectType(type))
        tell(badPart(type, facts, returned), returned, context);
    }
    return undefined;
  });
}
