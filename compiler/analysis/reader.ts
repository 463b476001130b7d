import { ts } from "ts-morph";
import { isReadName, known } from "../catalog/lookup.ts";
import { FUNCTION_RULES, GENERATOR_RULES } from "../rules/body-rules.ts";
import { defaultsIn } from "./bindings.ts";
import { CallReader } from "./call-reader.ts";
import type { Facts } from "./facts.ts";
import { ImplicitReader } from "./implicit.ts";
import {
  type Access,
  bare,
  calledAs,
  hasModifier,
  isAccess,
  isAsync,
  isFunctionNode,
  isInlineFunction,
  memberText,
  nameOf,
  walkOwn,
} from "./nodes.ts";
import type { Reading } from "./reading.ts";
import { hostSite, shownName } from "./sinks.ts";
import { StateReader } from "./state.ts";
import type { Link, Site, Summary } from "./summary.ts";
import type { Activation } from "./value.ts";

/** Reads one piece of code as it was called in one way: what it does itself, and where it leads. */
export function read(facts: Facts, at: Activation, isBody: boolean): Summary {
  const reader = new Reader(facts, at, isBody);
  reader.readCode();
  return reader.summary();
}

class Reader {
  readonly #reading: Reading;
  readonly #facts: Facts;
  readonly #at: Activation;
  readonly #state: StateReader;
  readonly #calls: CallReader;
  readonly #implicit: ImplicitReader;
  readonly #sites: Site[] = [];
  readonly #links: Link[] = [];

  constructor(facts: Facts, at: Activation, isBody: boolean) {
    this.#facts = facts;
    this.#at = at;
    this.#reading = {
      facts,
      at,
      isBody,
      report: (site) => this.#sites.push(site),
      link: (to, node, edge) => this.#links.push({ to, node, edge }),
      visit: (node) => this.#visit(node),
    };
    this.#state = new StateReader(this.#reading);
    this.#calls = new CallReader(this.#reading, this.#state);
    this.#implicit = new ImplicitReader(this.#reading);
  }

  summary(): Summary {
    const isUnverified = ({ ruleId }: Site): boolean => ruleId === "RD120" || ruleId === "RD121";
    return {
      sites: this.#sites,
      links: this.#links,
      unverified: this.#sites.filter(isUnverified).length,
    };
  }

  #sayAsync(node: ts.Node, symbol: string): void {
    this.#reading.report(hostSite("async", node, symbol));
  }

  readCode(): void {
    const { code } = this.#at;
    if (ts.isClassLike(code)) this.#readConstruction(code);
    else if (isFunctionNode(code)) {
      for (const parameter of code.parameters) this.#readParameter(parameter);
      if (code.body !== undefined) this.#visit(code.body);
      this.#rule(code);
      if (this.#reading.isBody && isAsync(code)) this.#sayAsync(code, `async ${nameOf(code)}`);
    } else this.#visit(code);
  }

  /** Walked once for all rules: most functions have nothing that any of them is about. */
  #rule(code: ts.Node): void {
    const kinds = new Set<ts.SyntaxKind>();
    walkOwn(code, (node) => void kinds.add(node.kind));
    for (const rule of FUNCTION_RULES) {
      const isAbout = rule.kinds?.some((kind) => kinds.has(kind)) ?? true;
      if (isAbout) rule.read(code, this.#reading);
    }
  }

  #readParameter(parameter: ts.ParameterDeclaration): void {
    this.#implicit.readPattern(parameter.name);
    const elements = [
      ...(parameter.initializer === undefined ? [] : [parameter]),
      ...defaultsIn(parameter.name),
    ];
    for (const element of elements) {
      if (this.#at.given.has(element) || element.initializer === undefined) continue;
      const code = element.initializer;
      if (isInlineFunction(bare(code))) continue;
      this.#reading.link(
        this.#facts.activations.get(code, { scope: this.#at }),
        code,
        "default-param",
      );
    }
  }

  #readConstruction(code: ts.ClassLikeDeclaration): void {
    const maker = code.members.find(ts.isConstructorDeclaration);
    for (const member of code.members) {
      const isField = ts.isPropertyDeclaration(member) && member.initializer !== undefined;
      if (!isField || hasModifier(member, ts.SyntaxKind.StaticKeyword)) continue;
      if (!isInlineFunction(bare(member.initializer))) this.#visit(member.initializer);
    }
    for (const parameter of maker?.parameters ?? []) this.#readParameter(parameter);
    if (maker?.body !== undefined) this.#visit(maker.body);
    const [, base] = this.#facts.classes.lineage(code);
    if (maker !== undefined || base === undefined) return;
    const { scope } = this.#at;
    this.#reading.link(this.#facts.activations.get(base, { scope }), code, "new");
  }

  #visit(node: ts.Node): void {
    if (isFunctionNode(node) || ts.isTypeNode(node) || isTypeOnly(node)) return;
    if (ts.isClassLike(node)) this.#visitClass(node);
    else if (!this.#visitUse(node)) this.#visitOther(node);
  }

  /** Whether it is a use of something: a call, a name, a member. */
  #visitUse(node: ts.Node): boolean {
    this.#state.readWrites(node);
    if (ts.isCallExpression(node)) this.#visitCall(node);
    else if (ts.isNewExpression(node)) this.#calls.visitNew(node);
    else if (ts.isTaggedTemplateExpression(node)) this.#calls.visitTag(node);
    else if (ts.isIdentifier(node)) this.#state.readName(node);
    else if (isAccess(node)) this.#visitAccess(node);
    else return false;
    return true;
  }

  #visitCall(node: ts.CallExpression): void {
    this.#calls.visitCall(node);
    this.#implicit.readCall(node);
    const [first] = node.arguments;
    if (first !== undefined && calledAs(node) === "String") this.#state.readText(first);
  }

  #visitOther(node: ts.Node): void {
    if (ts.isTypeOfExpression(node) && ts.isIdentifier(node.expression)) return;
    if (ts.isBreakOrContinueStatement(node)) return;
    if (ts.isMetaProperty(node)) this.#visitMeta(node);
    else if (ts.isPropertyAssignment(node)) this.#visit(node.initializer);
    else if (ts.isShorthandPropertyAssignment(node)) this.#state.readShorthand(node);
    else if (ts.isBindingElement(node)) this.#visitBinding(node);
    else if (ts.isLabeledStatement(node)) this.#visit(node.statement);
    else this.#visitParts(node);
  }

  #visitParts(node: ts.Node): void {
    this.#implicit.read(node);
    if (ts.isVariableDeclaration(node)) this.#visitVariable(node);
    else if (ts.isAwaitExpression(node)) this.#sayAsync(node, "await");
    else if (ts.isForOfStatement(node)) this.#visitLoop(node);
    else if (ts.isTemplateExpression(node)) this.#state.readTemplate(node);
    else if (ts.isBinaryExpression(node)) this.#state.readJoined(node);
    else if (ts.isYieldExpression(node)) this.#visitYield(node);
    else if (ts.isSpreadElement(node)) this.#visitIterated(node.expression);
    ts.forEachChild(node, (child) => this.#visit(child));
  }

  #visitVariable(node: ts.VariableDeclaration): void {
    this.#state.readPattern(node);
    this.#implicit.readPattern(node.name);
  }

  /** Making a class runs its static parts. */
  #visitClass(node: ts.ClassLikeDeclaration): void {
    for (const member of node.members) {
      if (ts.isClassStaticBlockDeclaration(member)) this.#visit(member.body);
      const isStatic = hasModifier(member, ts.SyntaxKind.StaticKeyword);
      if (isStatic && ts.isPropertyDeclaration(member) && member.initializer !== undefined) {
        this.#visit(member.initializer);
      }
    }
  }

  #visitBinding(node: ts.BindingElement): void {
    if (node.initializer !== undefined && !isInlineFunction(bare(node.initializer))) {
      this.#visit(node.initializer);
    }
    if (!ts.isIdentifier(node.name)) this.#visit(node.name);
  }

  #visitMeta(node: ts.MetaProperty): void {
    if (node.keywordToken !== ts.SyntaxKind.ImportKeyword) return;
    this.#reading.report(hostSite("env", node, node.getText()));
  }

  #visitYield(node: ts.YieldExpression): void {
    for (const rule of GENERATOR_RULES) rule(node, this.#reading);
    if (node.asteriskToken !== undefined && node.expression !== undefined) {
      this.#visitIterated(node.expression);
    }
  }

  #visitLoop(node: ts.ForOfStatement): void {
    if (node.awaitModifier !== undefined) this.#sayAsync(node, "for await");
    this.#visitIterated(node.expression);
  }

  /** What an object of the project gives when it is iterated. */
  #visitIterated(node: ts.Expression): void {
    for (const value of this.#facts.values.of(node, this.#at)) {
      if (value.kind !== "instance") continue;
      const member = this.#facts.classes.iteratorOf(value.node);
      if (member === undefined) continue;
      const scope = value.made ?? value.scope;
      this.#reading.link(this.#facts.activations.get(member, { scope, self: value }), node, "call");
    }
  }

  #visitAccess(node: Access): void {
    const key = memberText(node);
    if (key !== undefined && this.#visitMember(node, key)) return;
    this.#visit(node.expression);
    if (ts.isElementAccessExpression(node)) this.#visit(node.argumentExpression);
  }

  /** Whether the member itself was said to be something. */
  #visitMember(node: Access, key: string): boolean {
    if (this.#state.readGlobal(node, key)) return true;
    if (this.#facts.members.isAccessor(key)) this.#state.readAccessor(node);
    if (isReadName(key)) return this.#readExternal(node);
    return this.#state.readStatic(node);
  }

  #readExternal(node: Access): boolean {
    for (const value of this.#facts.values.of(node, this.#at)) {
      const { category, isRead } = known(value.kind === "external" ? value.name : "");
      if (value.kind !== "external" || !isRead) continue;
      if (category === "clean" || category === "unknown") continue;
      const symbol = shownName(value.name, node);
      this.#reading.report(hostSite(category, node, symbol));
      return true;
    }
    return this.#state.readStack(node);
  }
}

function isTypeOnly(node: ts.Node): boolean {
  return (
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isHeritageClause(node)
  );
}
