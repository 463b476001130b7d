// RD301: a value that cannot be recorded comes back as something else, or not at all.

import { ts } from "ts-morph";
import { bare } from "../analysis/syntax.ts";
import type { World } from "../analysis/world.ts";
import type { RuleContext } from "./rule.ts";

/** How deep a type is looked into. */
const DEPTH_MAX = 4;
/** Come back as they were. */
const KEPT: ReadonlySet<string> = new Set(
  `Date Map Set RegExp URL Array ReadonlyArray ReadonlyMap ReadonlySet Error TypeError RangeError
   AggregateError Buffer ArrayBuffer Uint8Array Uint8ClampedArray Uint16Array Uint32Array Int8Array
   Int16Array Int32Array Float32Array Float64Array BigInt64Array BigUint64Array`.split(/\s+/),
);
const NEVER_KEPT: ReadonlySet<string> = new Set(
  `Promise PromiseLike WeakMap WeakSet WeakRef Generator AsyncGenerator Iterator AsyncIterator
   IterableIterator Response Request Headers ReadableStream WritableStream AbortSignal
   AbortController Socket IncomingMessage Server`.split(/\s+/),
);

/** The value of a checkpoint, and what a compute's body gives. */
export function checkRecorded(call: ts.CallExpression, effect: string, context: RuleContext): void {
  const [, value] = call.arguments;
  if (value === undefined) return;
  const { checker } = context.world;
  if (effect === "checkpoint" || effect === "variable") {
    report(value, whyNot(checker.getTypeAtLocation(value), context.world, 0), context);
    return;
  }
  if (effect !== "compute" && effect !== "step") return;
  const [signature] = checker.getTypeAtLocation(bare(value)).getCallSignatures();
  if (signature === undefined) return;
  const given = checker.getReturnTypeOfSignature(signature);
  const awaited = checker.getAwaitedType(given) ?? given;
  report(value, whyNot(awaited, context.world, 0), context);
}

function report(node: ts.Node, why: string | undefined, context: RuleContext): void {
  if (why === undefined) return;
  context.say({
    ruleId: "RD301",
    node,
    symbol: why,
    message: `this value cannot be recorded: it is or has ${why}`,
    help: "record plain data: strings, numbers, arrays, objects, Date, Map, Set, bigint",
  });
}

/** What in a type cannot be recorded; undefined: nothing is known to. */
function whyNot(type: ts.Type, world: World, depth: number): string | undefined {
  if (depth > DEPTH_MAX) return;
  if ((type.flags & ts.TypeFlags.ESSymbolLike) !== 0) return "a symbol";
  if (type.isUnion()) return firstOf(type.types, (one) => whyNot(one, world, depth));
  if ((type.flags & ts.TypeFlags.Object) === 0) return;
  if (type.getCallSignatures().length > 0) return "a function";
  const isOwn = (type.symbol?.declarations ?? []).some((one) => world.isOwn(one));
  if (!isOwn) return whyNotOfOthers(type, world, depth);
  if (!type.isClass()) return inProperties(type, world, depth);
  const { name } = type.symbol;
  return isError(type, world) || isRegistered(name, type) ? undefined : `an instance of ${name}`;
}

function whyNotOfOthers(type: ts.Type, world: World, depth: number): string | undefined {
  const name = type.symbol?.name ?? "";
  if (NEVER_KEPT.has(name)) return `a ${name}`;
  if (KEPT.has(name)) return inArguments(type, world, depth);
  return type.isClassOrInterface() ? undefined : inProperties(type, world, depth);
}

function inProperties(type: ts.Type, world: World, depth: number): string | undefined {
  return firstOf(world.checker.getPropertiesOfType(type), (property) => {
    const [declaration] = property.declarations ?? [];
    if (declaration === undefined) return;
    if (ts.isMethodDeclaration(declaration) || ts.isMethodSignature(declaration)) {
      return `a method "${property.name}"`;
    }
    const of = world.checker.getTypeOfSymbolAtLocation(property, declaration);
    return whyNot(of, world, depth + 1);
  });
}

function inArguments(type: ts.Type, world: World, depth: number): string | undefined {
  const isReference = "target" in type && "typeArguments" in type;
  if (!isReference && !world.checker.isArrayType(type)) return;
  const index = world.checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  return index === undefined ? undefined : whyNot(index, world, depth + 1);
}

function isError(type: ts.Type, world: World): boolean {
  const bases = type.isClass() ? world.checker.getBaseTypes(type) : [];
  return bases.some((base) => /Error$/.test(base.symbol?.name ?? "") || isError(base, world));
}

/** `SuperJSON.registerClass(Money)` in the file of the class. */
function isRegistered(name: string, type: ts.Type): boolean {
  return (type.symbol.declarations ?? []).some((declaration) =>
    new RegExp(`register(Class|Custom)\\w*\\([^)]*\\b${name}\\b`).test(
      declaration.getSourceFile().text,
    ),
  );
}

function firstOf<T, R>(all: readonly T[], f: (one: T) => R | undefined): R | undefined {
  for (const one of all) {
    const found = f(one);
    if (found !== undefined) return found;
  }
  return;
}
