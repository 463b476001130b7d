// The workflows of a project: calls that resolve to the language's `workflow`, whatever they are
// called here. RD303 and RD305 are about the registrations themselves.

import { ts } from "ts-morph";
import type { Effects } from "./effects.ts";
import { isAsync } from "./effects.ts";
import type { Resolver } from "./resolve.ts";
import type { Sink } from "./summary.ts";
import { bare, initializerOf, nameText } from "./syntax.ts";
import type { World } from "./world.ts";

export interface Root {
  readonly call: ts.CallExpression;
  readonly name: string;
  /** Undefined where it cannot be read. */
  readonly version: number | undefined;
  /** Undefined where it cannot be found. */
  readonly run: ts.SignatureDeclaration | undefined;
  readonly sinks: readonly Sink[];
}

export const rootLabel = ({ name, version }: Root): string => `${name}@${version ?? "?"}`;

export function findRoots(world: World, resolver: Resolver, effects: Effects): readonly Root[] {
  const roots: Root[] = [];
  for (const file of world.project.candidates) {
    if (world.owner(file) !== "own") continue;
    const ofFile: Root[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) {
        const name = effects.nameOf(node);
        if (name !== undefined && effects.isRegistration(name)) {
          ofFile.push(rootOf(node, world, resolver, ofFile));
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    roots.push(...ofFile);
  }
  return roots;
}

function rootOf(
  call: ts.CallExpression,
  world: World,
  resolver: Resolver,
  before: readonly Root[],
): Root {
  const [argument] = call.arguments;
  const definition = argument === undefined ? undefined : resolver.literalOf(argument);
  const property = (key: string): ts.ObjectLiteralElementLike | undefined =>
    definition?.properties.find((one) => one.name !== undefined && nameText(one.name) === key);
  const version = versionOf(property("version"), world, resolver);
  const name = nameOf(property("name"), call, world);
  const run = runOf(property("run"), call, resolver);
  const sinks = [
    ...(definition !== undefined && version.why !== undefined
      ? [versionSink(property("version") ?? call, version.why)]
      : []),
    ...(run === undefined ? [dynamicSink(call)] : []),
    ...(run !== undefined && isAsync(run) ? [asyncSink(run)] : []),
  ];
  const root: Root = { call, name, version: version.value, run, sinks };
  const twin = before.find(
    (one) => version.why === undefined && rootLabel(one) === rootLabel(root),
  );
  if (twin === undefined) return root;
  const why = `${rootLabel(root)} is registered twice in this file`;
  return { ...root, sinks: [...sinks, versionSink(property("name") ?? call, why)] };
}

function nameOf(
  property: ts.ObjectLiteralElementLike | undefined,
  call: ts.CallExpression,
  world: World,
): string {
  const value = property === undefined ? call.arguments[0] : assignedTo(property);
  const type = value === undefined ? undefined : world.checker.getTypeAtLocation(value);
  if (type?.isStringLiteral() === true) return type.value;
  const { parent } = call;
  return ts.isVariableDeclaration(parent) ? parent.name.getText() : "unnamed";
}

interface Version {
  readonly value: number | undefined;
  /** What is wrong with it. */
  readonly why?: string;
}

/** None is version 1. A constant that is a number literal is as good as one. */
function versionOf(
  property: ts.ObjectLiteralElementLike | undefined,
  world: World,
  resolver: Resolver,
): Version {
  if (property === undefined) return { value: 1 };
  const value = assignedTo(property);
  if (value === undefined) return { value: undefined, why: "the version cannot be read" };
  const type = world.checker.getTypeAtLocation(value);
  const literal = type.isNumberLiteral() ? type.value : literalNumber(value, resolver);
  if (literal === undefined) {
    return {
      value: undefined,
      why: "the version is not an integer literal: who reads it must know",
    };
  }
  const isWhole = Number.isSafeInteger(literal) && literal >= 1;
  return isWhole
    ? { value: literal }
    : { value: undefined, why: "the version is not a whole number from 1 on" };
}

function literalNumber(value: ts.Node, resolver: Resolver): number | undefined {
  const node = bare(value);
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isPrefixUnaryExpression(node)) return -1;
  if (!ts.isIdentifier(node)) return;
  const resolved = resolver.resolve(node);
  const declared = resolved.kind === "variable" ? resolved.node : undefined;
  const isConst =
    declared !== undefined &&
    ts.isVariableDeclaration(declared) &&
    (declared.parent.flags & ts.NodeFlags.Const) !== 0;
  const initializer = isConst ? initializerOf(declared) : undefined;
  return initializer !== undefined && ts.isNumericLiteral(bare(initializer))
    ? Number(bare(initializer).getText())
    : undefined;
}

function runOf(
  property: ts.ObjectLiteralElementLike | undefined,
  call: ts.CallExpression,
  resolver: Resolver,
): ts.SignatureDeclaration | undefined {
  if (property !== undefined && ts.isMethodDeclaration(property)) return property;
  const value = property === undefined ? undefined : assignedTo(property);
  const values = value === undefined ? call.arguments.slice(1) : [value];
  return values.flatMap((one) => resolver.functionsOf(one))[0];
}

function assignedTo(property: ts.ObjectLiteralElementLike): ts.Expression | undefined {
  if (ts.isPropertyAssignment(property)) return property.initializer;
  return ts.isShorthandPropertyAssignment(property) ? property.name : undefined;
}

const versionSink = (node: ts.Node, why: string): Sink => ({
  ruleId: "RD303",
  node,
  symbol: "version",
  message: why,
  help: "version: 2 (a whole number, one higher with each change that running runs cannot follow)",
});

const dynamicSink = (node: ts.Node): Sink => ({
  ruleId: "RD305",
  node,
  symbol: "workflow",
  message: "the body of this workflow cannot be found: it is not checked",
  help: "write run: function* (input) { … }, or name a function that is declared in the project",
});

const asyncSink = (node: ts.SignatureDeclaration): Sink => ({
  ruleId: "RD106",
  node: ("name" in node && node.name !== undefined ? node.name : undefined) ?? node,
  symbol: "async function*",
  message: "an async function* is no workflow body: between its effects a body is synchronous",
  help: "run: function* (input) { … }; async code belongs into a compute or step",
});
