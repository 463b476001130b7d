// One piece of code, node by node: what its rules object to, and where it leads. Types, and what
// runs elsewhere (effect bodies, other workflows), are left out.

import { ts } from "ts-morph";
import type { Edge } from "../finding.ts";
import { checkAwait, sayAsync } from "../rules/asynchronous.ts";
import { checkCatch, checkFinally, checkLoop, checkReuse } from "../rules/blocks.ts";
import { checkDefinedStep, checkEffectBody } from "../rules/effect-bodies.ts";
import { checkFloating, checkYield } from "../rules/floating.ts";
import { checkStateRead, checkStateWrite } from "../rules/global-state.ts";
import { checkCaughtStack, checkDateText, checkHost } from "../rules/host.ts";
import { checkDuplicates, checkKeys, keyOf } from "../rules/keys.ts";
import type { Rule, RuleContext } from "../rules/rule.ts";
import { checkRecorded } from "../rules/serializable.ts";
import type { Catalog } from "./catalog/catalog.ts";
import { partsOf } from "./code-parts.ts";
import { type Effects, isAsync, isGeneratorFunction } from "./effects.ts";
import type { External } from "./external.ts";
import { isModuleLevel, type ModuleState } from "./module-state.ts";
import {
  callsAtOnce,
  isAlias,
  isHostObject,
  isInNamedObject,
  isName,
  isNoValue,
  isPlain,
  isReceiver,
  isRequireOfText,
  isRequireOfUnknown,
  isTested,
  isWithinCode,
  lastName,
  outermost,
  throughCall,
  useOf,
} from "./places.ts";
import type { CodeNode, Resolver } from "./resolve.ts";
import type { CodeEdge, CodeSummary, Sink, VirtualCall } from "./summary.ts";
import { bare, initializerOf } from "./syntax.ts";
import type { World } from "./world.ts";

const RULES: readonly Rule[] = [
  checkAwait,
  checkCatch,
  checkFinally,
  checkFloating,
  checkLoop,
  checkReuse,
  checkStateWrite,
  checkYield,
];

export interface WalkParts {
  readonly world: World;
  readonly resolver: Resolver;
  readonly effects: Effects;
  readonly state: ModuleState;
  readonly catalog: Catalog;
}

/** Walks code once; a body and a helper are the same to it. */
export function walk(code: CodeNode, isBody: boolean, parts: WalkParts): CodeSummary {
  return parts.catalog.isDeclaredClean(code, parts.world)
    ? NOTHING
    : new Walk(code, isBody, parts).summary();
}

/** Code that is loaded while the body runs. */
const loaderOf = (member: string): External => ({ kind: "external", module: "vm", member });

const NOTHING: CodeSummary = { sinks: [], edges: [], virtuals: [], made: [], unverifiedCalls: 0 };

class Walk {
  readonly #parts: WalkParts;
  readonly #context: RuleContext;
  readonly #code: CodeNode;
  readonly #sinks: Sink[] = [];
  readonly #edges: CodeEdge[] = [];
  readonly #virtuals: VirtualCall[] = [];
  readonly #made: ts.ClassLikeDeclaration[] = [];
  readonly #keys: ts.Expression[] = [];
  #unverifiedCalls = 0;

  constructor(code: CodeNode, isBody: boolean, parts: WalkParts) {
    this.#parts = parts;
    this.#code = code;
    this.#context = { ...parts, code, isBody, say: (sink) => this.#sinks.push(sink) };
  }

  summary(): CodeSummary {
    for (const part of partsOf(this.#code)) this.#visit(part);
    checkKeys(this.#keys, this.#sinks, this.#context);
    checkDuplicates(this.#keys, this.#context);
    return {
      sinks: this.#sinks,
      edges: this.#edges,
      virtuals: this.#virtuals,
      made: this.#made,
      unverifiedCalls: this.#unverifiedCalls,
    };
  }

  #visit(node: ts.Node): void {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node)) return;
    for (const rule of RULES) rule(node, this.#context);
    if (ts.isFunctionLike(node)) {
      this.#function(node);
      return;
    }
    if (ts.isClassLike(node)) {
      this.#classHere(node);
      return;
    }
    if (ts.isCallExpression(node)) {
      this.#call(node);
      return;
    }
    if (ts.isNewExpression(node)) this.#new(node);
    else if (ts.isTaggedTemplateExpression(node)) this.#calledFunctions(node.tag, node, []);
    else if (ts.isTemplateSpan(node)) checkDateText(node.expression, this.#context);
    else if (ts.isForOfStatement(node)) this.#iteration(node);
    else if (isName(node)) {
      this.#name(node);
      return;
    }
    ts.forEachChild(node, (child) => this.#visit(child));
  }

  /** A function that stands in this code runs when somebody has it: unless it is only named. */
  #function(node: ts.SignatureDeclaration): void {
    if (!("body" in node) || node.body === undefined || ts.isFunctionDeclaration(node)) return;
    const holder = outermost(node).parent;
    if (ts.isVariableDeclaration(holder) || isInNamedObject(node)) return;
    this.#lead(node, "reference", node);
  }

  #classHere(node: ts.ClassLikeDeclaration): void {
    for (const clause of node.heritageClauses ?? []) {
      for (const type of clause.types) {
        if (clause.token === ts.SyntaxKind.ExtendsKeyword) this.#visit(type.expression);
      }
    }
  }

  #call(call: ts.CallExpression): void {
    const { effects } = this.#parts;
    const name = effects.nameOf(call);
    if (name !== undefined) {
      this.#effect(call, name);
      return;
    }
    this.#callee(call);
    const isAtOnce = callsAtOnce(call);
    for (const argument of call.arguments) this.#argument(argument, isAtOnce);
  }

  #effect(call: ts.CallExpression, name: string): void {
    const { effects } = this.#parts;
    if (effects.isRegistration(name)) return;
    const key = keyOf(call, name);
    if (key !== undefined) this.#keys.push(key);
    checkRecorded(call, name, this.#context);
    const { expression } = call;
    if (ts.isPropertyAccessExpression(expression)) this.#visit(expression.expression);
    checkDefinedStep(call, this.#context);
    const free = effects.hasFreeBodies(name);
    call.arguments.forEach((argument, i) => {
      if (free && i > 0) this.#freeBody(argument, name);
      else this.#argument(argument, false);
    });
  }

  #freeBody(argument: ts.Expression, effect: string): void {
    for (const body of this.#parts.resolver.functionsOf(argument)) {
      if (isWithinCode(body, this.#code)) checkEffectBody(body, effect, this.#context);
    }
  }

  #argument(argument: ts.Expression, isAtOnce: boolean): void {
    const value = bare(argument);
    const isFunction = ts.isArrowFunction(value) || ts.isFunctionExpression(value);
    if (!isFunction) this.#visit(argument);
    else if (isAtOnce || !isAsync(value)) this.#lead(value, isAtOnce ? "call" : "reference", value);
    else this.#asynchronous(value);
  }

  /** A callback that is async runs on after the body has gone on. */
  #asynchronous(node: ts.Node): void {
    sayAsync(node, "an async function", this.#context);
  }

  #callee(call: ts.CallExpression): void {
    const { expression } = call;
    if (expression.kind === ts.SyntaxKind.ImportKeyword) {
      checkHost(call, loaderOf("import"), "call", this.#context);
      return;
    }
    if (expression.kind === ts.SyntaxKind.SuperKeyword) return;
    const target = throughCall(expression);
    if (this.#calledFunctions(target, call, call.arguments)) {
      if (ts.isPropertyAccessExpression(target)) this.#visit(target.expression);
      return;
    }
    this.#otherCallee(call, target);
  }

  #otherCallee(call: ts.CallExpression, target: ts.Expression): void {
    const { resolver, world } = this.#parts;
    const resolved = resolver.resolve(target);
    const callee = bare(target);
    if (resolved.kind === "external") {
      const verdict = checkHost(target, resolved, "call", this.#context);
      const isMethod = ts.isPropertyAccessExpression(callee) && !isHostObject(callee, resolver);
      if (isMethod) this.#visit(callee.expression);
      if (verdict === "unknown") this.#unverified(call, target);
      return;
    }
    if (resolved.kind === "signature") {
      this.#virtuals.push({ declaration: resolved.node, name: lastName(target), at: call });
    }
    const type = world.checker.getTypeAtLocation(target);
    const isAny = (type.flags & ts.TypeFlags.Any) !== 0 && resolved.kind !== "class";
    if (resolved.kind === "unknown" && ts.isElementAccessExpression(callee)) {
      this.#byKey(call, callee);
    } else if (isAny && !isRequireOfText(call)) this.#unverified(call, target);
    if (isRequireOfUnknown(call)) checkHost(call, loaderOf("require"), "call", this.#context);
    if (ts.isIdentifier(callee)) this.#name(callee);
    else ts.forEachChild(callee, (child) => this.#visit(child));
  }

  /** `handlers[kind](input)`: each function of the table may be meant. */
  #byKey(call: ts.CallExpression, callee: ts.ElementAccessExpression): void {
    const table = this.#parts.resolver.literalOf(callee.expression)?.properties;
    for (const property of table ?? []) this.#handedOn(property, call);
    if (table !== undefined) return;
    const symbol = callee.getText();
    this.#context.say({
      ruleId: "RD121",
      node: call,
      symbol,
      message: `what ${symbol}() calls is known only when it runs: it was not looked at`,
      help: "name the functions that may be meant, or call it in a compute",
    });
  }

  /** False: the callee is no code of the project. */
  #calledFunctions(callee: ts.Expression, at: ts.Node, values: readonly ts.Expression[]): boolean {
    const found = this.#parts.resolver.functionsOf(callee);
    for (const one of found) {
      if (isAsync(one)) {
        sayAsync(at, `${callee.getText()}()`, this.#context);
        continue;
      }
      const isDelegated = ts.isYieldExpression(at.parent) && isGeneratorFunction(one);
      this.#lead(one, isDelegated ? "delegate" : "call", at);
      this.#defaults(one, at, values);
      this.#decorators(one, at);
    }
    const [one] = found;
    if (one !== undefined && (ts.isMethodDeclaration(one) || ts.isGetAccessor(one))) {
      this.#virtuals.push({ declaration: one, name: lastName(callee), at });
    }
    return found.length > 0;
  }

  /** Parameters that this call leaves to their defaults. */
  #defaults(
    { parameters }: ts.SignatureDeclaration,
    at: ts.Node,
    values: readonly ts.Expression[],
  ): void {
    if (values.some(ts.isSpreadElement)) return;
    parameters.forEach((parameter, i) => {
      if (parameter.initializer === undefined) return;
      const value = values[i];
      const isGiven = value !== undefined && bare(value).getText() !== "undefined";
      if (!isGiven) this.#lead(parameter, "default-param", at);
    });
  }

  #decorators(node: ts.Node, at: ts.Node): void {
    const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
    for (const { expression } of decorators) {
      const made = bare(expression);
      const name = ts.isCallExpression(made) ? made.expression : made;
      for (const one of this.#parts.resolver.functionsOf(name)) this.#lead(one, "decorator", at);
    }
  }

  #new(node: ts.NewExpression): void {
    const resolved = this.#parts.resolver.resolve(node.expression);
    if (resolved.kind === "class") this.#make(resolved.node, node);
    if (resolved.kind !== "external") return;
    const verdict = checkHost(node.expression, resolved, "new", this.#context);
    if (verdict === "unknown") this.#unverified(node, node.expression);
  }

  #make(made: ts.ClassLikeDeclaration, at: ts.NewExpression): void {
    this.#made.push(made);
    this.#lead(made, "new", at);
    this.#decorators(made, at);
    for (const member of made.members) {
      if (ts.isConstructorDeclaration(member)) this.#defaults(member, at, at.arguments ?? []);
    }
  }

  #iteration({ expression }: ts.ForOfStatement): void {
    const { checker } = this.#parts.world;
    const type = checker.getTypeAtLocation(expression);
    for (const property of checker.getPropertiesOfType(type)) {
      if (!String(property.escapedName).startsWith("__@iterator")) continue;
      const resolved = this.#parts.resolver.ofSymbol(property);
      if (resolved.kind === "function") this.#lead(resolved.node, "call", expression);
    }
  }

  /** A name, or a path of names, that is not called: read, or handed on. */
  #name(node: ts.Identifier | ts.PropertyAccessExpression | ts.ElementAccessExpression): void {
    if (isNoValue(node)) return;
    const { resolver } = this.#parts;
    const resolved = resolver.resolve(node);
    if (resolved.kind === "external") {
      if (!isTested(node)) checkHost(node, resolved, useOf(node), this.#context);
      const isHost = isHostObject(node, resolver);
      if (!isHost && !ts.isIdentifier(node)) ts.forEachChild(node, (child) => this.#visit(child));
      return;
    }
    if (resolved.kind === "function") this.#functionName(node, resolved.node);
    else if (resolved.kind === "variable") this.#variable(node, resolved.node);
    else checkCaughtStack(node, this.#context);
    if (!ts.isIdentifier(node)) {
      this.#visit(node.expression);
      if (ts.isElementAccessExpression(node)) this.#visit(node.argumentExpression);
    }
  }

  #functionName(node: ts.Node, target: ts.SignatureDeclaration): void {
    if (ts.isGetAccessor(target)) this.#lead(target, "getter", node);
    else if (ts.isSetAccessor(target)) this.#lead(target, "call", node);
    else if (isAlias(node)) return;
    else if (isAsync(target)) sayAsync(node, node.getText(), this.#context);
    else this.#lead(target, "reference", node);
  }

  #variable(node: ts.Node, declaration: ts.Declaration): void {
    const { resolver, world } = this.#parts;
    const name = ts.isPropertyAccessExpression(node) ? node.name : node;
    const symbol = world.symbolAt(name);
    if (symbol === undefined) return;
    if (isModuleLevel(symbol)) {
      checkStateRead(node, symbol, this.#context);
      this.#loading(node, declaration);
    }
    if (isReceiver(node) || isAlias(node)) return;
    for (const one of resolver.functionsOf(node)) this.#lead(one, "reference", node);
    for (const property of resolver.literalOf(node)?.properties ?? []) {
      this.#handedOn(property, node);
    }
  }

  /** Whoever is given a whole object may call what is in it. */
  #handedOn(property: ts.ObjectLiteralElementLike, at: ts.Node): void {
    const value = ts.isPropertyAssignment(property) ? bare(property.initializer) : property;
    if (ts.isFunctionLike(value)) this.#lead(value, "reference", at);
    if (!ts.isPropertyAssignment(property) || !isName(value)) return;
    for (const one of this.#parts.resolver.functionsOf(value)) this.#lead(one, "reference", at);
  }

  /** What the module did to make this value, when it was loaded. */
  #loading(node: ts.Node, declaration: ts.Declaration): void {
    const holder = ts.isBindingElement(declaration)
      ? ts.findAncestor(declaration, ts.isVariableDeclaration)
      : declaration;
    const value = holder === undefined ? undefined : initializerOf(holder);
    if (holder === undefined || value === undefined || isPlain(bare(value))) return;
    if (holder !== this.#code) this.#lead(holder, "module-init", node);
  }

  #unverified(call: ts.Node, callee: ts.Expression): void {
    this.#unverifiedCalls++;
    // While a module loads it may set up what only effect bodies use.
    if (!ts.isFunctionLike(this.#code)) return;
    const symbol = `${callee.getText()}()`;
    this.#context.say({
      ruleId: "RD120",
      node: call,
      symbol,
      message: `nothing is known of ${symbol}: its code cannot be read here`,
      help: "call it in a compute; or declare it in raftoral-lint.json if it is deterministic",
    });
  }

  #lead(to: CodeNode, edge: Edge, at: ts.Node): void {
    if (!this.#parts.world.isOwn(to)) return;
    this.#edges.push({ to, edge, at });
  }
}
