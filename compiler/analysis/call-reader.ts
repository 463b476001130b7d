import { ts } from "ts-morph";
import { known } from "../catalog/lookup.ts";
import type { Edge } from "../finding.ts";
import { EFFECT_RULES } from "../rules/body-rules.ts";
import { unresolvedSite } from "../rules/unverified-call.ts";
import { TARGETS_MAX } from "./classes.ts";
import type { Callee, LanguageCall } from "./effects.ts";
import { HandedFunctions } from "./handed.ts";
import { effectBodyAt } from "./language.ts";
import { CALLERS_THAT_STORE } from "./lists.ts";
import {
  bare,
  isAccess,
  isAsync,
  isFunctionNode,
  isInlineFunction,
  isReflectConstruct,
  memberText,
  nameOf,
} from "./nodes.ts";
import type { Reading } from "./reading.ts";
import { calledSite, hostSite, saidOfSource, shownName } from "./sinks.ts";
import type { StateReader } from "./state.ts";
import { unresolvedCall } from "./unresolved.ts";
import type { Value } from "./value.ts";

/** Findings of these rules say where the call goes; what it is handed may still run here. */
const RUNS_ON: ReadonlySet<string> = new Set(["RD106", "RD108", "RD120"]);

/** Reads calls: what is called, what it is called with, and what that comes to. */
export class CallReader {
  readonly #reading: Reading;
  readonly #state: StateReader;
  readonly #handed: HandedFunctions;
  /** Calls that were said to be asynchronous: `.then` behind them is the same mistake. */
  readonly #asyncNodes = new Set<ts.Node>();

  constructor(reading: Reading, state: StateReader) {
    this.#reading = reading;
    this.#state = state;
    this.#handed = new HandedFunctions(reading);
  }

  /** `tag`…``: a call of the tag. */
  visitTag(node: ts.TaggedTemplateExpression): void {
    const values = this.#reading.facts.values.of(node.tag, this.#reading.at);
    for (const value of values) this.#callValue(value, node, [], "call");
    this.#reading.visit(node.template);
  }

  visitNew(node: ts.NewExpression): void {
    const args = node.arguments ?? [];
    const values = this.#reading.facts.values.of(node.expression, this.#reading.at);
    for (const value of values) {
      if (value.kind === "class") this.#makeOwn(value, node, args);
      else if (value.kind === "external") this.#callExternal(value.name, node, args);
    }
    if (values.length === 0) this.#reading.visit(node.expression);
    const isOfProject = values.some(({ kind }) => kind === "class");
    this.#visitArguments(args, isOfProject ? "bound" : "called");
  }

  #makeOwn(
    value: Value & { readonly kind: "class" },
    node: ts.Node,
    args: readonly ts.Expression[],
  ): void {
    const { values, classes } = this.#reading.facts;
    this.#reading.link(values.calls.construction(value, args, this.#reading.at), node, "new");
    this.#handed.linkDecorators(value.node, node);
    // Without a constructor of their own, its arguments are its base's.
    if (classes.constructorOf(value.node) === undefined) this.#makeForeign(value.node, node, args);
  }

  /** `class Moment extends Date`: making one makes a Date. */
  #makeForeign(code: ts.ClassLikeDeclaration, node: ts.Node, args: readonly ts.Expression[]): void {
    const { values, classes } = this.#reading.facts;
    const base = classes.foreignBase(code);
    for (const value of base === undefined ? [] : values.of(base, this.#reading.at)) {
      if (value.kind === "external") this.#callExternal(value.name, node, args);
    }
  }

  /** `Reflect.construct(X, [a])` is `new X(a)`. */
  #visitConstruct(node: ts.CallExpression): void {
    const [target, list] = node.arguments;
    const given = list === undefined ? undefined : bare(list);
    const args = given !== undefined && ts.isArrayLiteralExpression(given) ? given.elements : [];
    const { values } = this.#reading.facts;
    for (const value of target === undefined ? [] : values.of(target, this.#reading.at)) {
      if (value.kind === "class") this.#makeOwn(value, node, args);
      else if (value.kind === "external") this.#callExternal(value.name, node, args);
    }
    this.#visitArguments(node.arguments, "plain");
  }

  visitCall(node: ts.CallExpression): void {
    if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      this.#reading.report(hostSite("dynamic-code", node, "import()"));
      this.#visitArguments(node.arguments, "plain");
      return;
    }
    if (node.expression.kind === ts.SyntaxKind.SuperKeyword) {
      this.#visitSuper(node);
      return;
    }
    if (isReflectConstruct(node)) {
      this.#visitConstruct(node);
      return;
    }
    const callee = this.#reading.facts.effects.callee(node, this.#reading.at);
    this.#visitBase(node);
    if (callee.language !== undefined) {
      this.#visitLanguage(node, callee.language, callee);
      return;
    }
    this.#visitTargets(node, callee);
    if (this.#reading.facts.effects.isEffectCall(node, this.#reading.at))
      this.#ruleEffect(node, "helper");
    else for (const rule of EFFECT_RULES.generatorCall) rule(node, "generator", this.#reading);
  }

  #visitSuper(node: ts.CallExpression): void {
    const { code } = this.#reading.at;
    const [, base] = ts.isClassLike(code) ? this.#reading.facts.classes.lineage(code) : [];
    if (base === undefined && ts.isClassLike(code)) this.#makeForeign(code, node, node.arguments);
    if (base !== undefined) {
      const value = { kind: "class", node: base, scope: this.#reading.at.scope } as const;
      const { calls } = this.#reading.facts.values;
      const made = calls.construction(value, node.arguments, this.#reading.at);
      this.#reading.link(made, node, "new");
    }
    this.#visitArguments(node.arguments, "bound");
  }

  /** `a.b` of `a.b.c()`: what is looked at on the way to what is called. */
  #visitBase(node: ts.CallExpression): void {
    const callee = bare(node.expression);
    if (isAccess(callee)) {
      const base = bare(callee.expression);
      if (!this.#state.isPlainGlobal(base)) this.#reading.visit(base);
      if (ts.isElementAccessExpression(callee)) this.#reading.visit(callee.argumentExpression);
    } else if (ts.isIdentifier(callee)) this.#state.readCalled(callee);
    else if (!isInlineFunction(callee)) this.#reading.visit(callee);
  }

  #visitTargets(node: ts.CallExpression, { values, args }: Callee): void {
    const functions = values.filter(({ kind }) => kind === "function");
    if (functions.length > TARGETS_MAX) {
      this.#reading.report(unresolvedSite(node, shownName("", node)));
      this.#visitArguments(node.arguments, "called");
      return;
    }
    let isQuiet = false;
    for (const value of values)
      isQuiet = this.#callValue(value, node, args, edgeOf(node)) || isQuiet;
    if (values.length === 0) unresolvedCall(node, this.#reading);
    if (isQuiet) {
      this.#visitArguments(node.arguments, "plain");
      return;
    }
    this.#handed.bindItems(node);
    const isStored = CALLERS_THAT_STORE.has(memberText(bare(node.expression)) ?? "");
    const isBound = functions.length === values.length && functions.length > 0;
    this.#visitArguments(node.arguments, isBound ? "bound" : isStored ? "stored" : "called");
  }

  /** Gives true when what is called is a finding already: what it is handed does not run here. */
  #callValue(
    value: Value,
    node: ts.CallExpression | ts.TaggedTemplateExpression,
    args: readonly ts.Expression[],
    edge: Edge,
  ): boolean {
    if (value.kind === "external") return this.#callExternal(value.name, node, args);
    if (value.kind !== "function") return false;
    const said = saidOfSource(value.node, this.#reading.facts.declared);
    if (said === "clean") return false;
    if (said !== undefined && said !== "unknown") {
      this.#reading.report(hostSite(said, node, `${nameOf(value.node)}()`));
      return false;
    }
    if (isAsync(value.node) || givesPromise(value.node)) {
      this.#asyncNodes.add(node);
      this.#reading.report(hostSite("async", node, `${nameOf(value.node)}()`));
    }
    this.#reading.link(
      this.#reading.facts.values.calls.activation(value, args, this.#reading.at),
      node,
      edge,
    );
    this.#handed.linkDecorators(value.node, node);
    return false;
  }

  #callExternal(name: string, node: ts.Node, args: readonly ts.Expression[]): boolean {
    if (known(name).isRead) {
      this.#callOfRead(name, node);
      return false;
    }
    const site = calledSite(name, node, args, this.#reading.facts.declared);
    if (site === undefined) return false;
    if (site.ruleId === "RD106") {
      if (ts.isCallExpression(node) && this.#isFlaggedAsync(node)) return false;
      this.#asyncNodes.add(node);
    }
    this.#reading.report(site);
    return !RUNS_ON.has(site.ruleId);
  }

  /** `process.stdout.write()`: said where it is read, or here if that was elsewhere. */
  #callOfRead(name: string, node: ts.Node): void {
    const callee = ts.isCallExpression(node) ? bare(node.expression) : node;
    if (!isAccess(callee)) return;
    const base = bare(callee.expression);
    if (this.#state.isPlainGlobal(base)) {
      this.#visitPlain(base, name, node);
      return;
    }
    const { category } = known(name);
    const isDone = category === "logging" || category === "io";
    if (isDone && this.#state.isGiven(base)) {
      this.#reading.report(hostSite(category, node, shownName(name, node)));
    }
  }

  #visitPlain(base: ts.Expression, name: string, node: ts.Node): void {
    const { category } = known(name);
    if (category === "clean" || category === "unknown") {
      this.#reading.visit(base);
      return;
    }
    this.#reading.report(hostSite(category, node, shownName(name, node)));
  }

  #isFlaggedAsync(node: ts.CallExpression): boolean {
    let inner = bare(node.expression);
    while (isAccess(inner)) {
      inner = bare(inner.expression);
      if (this.#asyncNodes.has(inner)) return true;
      if (ts.isCallExpression(inner)) inner = bare(inner.expression);
    }
    return false;
  }

  #visitLanguage(node: ts.CallExpression, call: LanguageCall, { args }: Callee): void {
    if (call.name === "workflow") return;
    const body = effectBodyAt(call.name);
    args.forEach((arg, i) => {
      if (i === body) return;
      this.#reading.visit(arg);
      if (body < 0) this.#handed.link(arg, node);
    });
    if (call.isEffect) this.#ruleEffect(node, call.name);
    else if (body >= 0) for (const rule of EFFECT_RULES.body) rule(node, call.name, this.#reading);
  }

  #ruleEffect(node: ts.CallExpression, name: string): void {
    for (const rule of EFFECT_RULES.effect) rule(node, name, this.#reading);
  }

  #visitArguments(
    args: readonly ts.Expression[],
    how: "bound" | "called" | "stored" | "plain",
  ): void {
    for (const arg of args) {
      this.#reading.visit(arg);
      if (how === "called" || how === "stored") this.#handed.link(arg, arg);
      if (how === "called") this.#handed.checkAsync(arg);
    }
  }
}

function edgeOf(node: ts.CallExpression): Edge {
  const { parent } = node;
  const isDelegated = ts.isYieldExpression(parent) && parent.asteriskToken !== undefined;
  return isDelegated ? "delegate" : "call";
}

function givesPromise(node: ts.Node): boolean {
  const type = isFunctionNode(node) ? node.type : undefined;
  if (type === undefined || !ts.isTypeReferenceNode(type)) return false;
  return /^(?:Promise|PromiseLike|AsyncGenerator|AsyncIterable)$/.test(type.typeName.getText());
}
