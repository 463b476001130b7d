import { ts } from "ts-morph";
import type { SinkKind } from "../finding.ts";
import { usesOf } from "../rules/usage.ts";
import type { Facts } from "./facts.ts";
import { hasKey } from "./language.ts";
import { bare, functionAround, isAccess, wrapped } from "./nodes.ts";
import type { Activation } from "./value.ts";

/** Where a value ends up, and at which node. */
export interface Flow {
  readonly kind: SinkKind;
  readonly node: ts.Node;
}

const STEPS_MAX = 60;

/** Follows a value through the function in which it comes up. */
export function flowsOf(node: ts.Node, facts: Facts, at: Activation): readonly Flow[] {
  const tracer = new Tracer(facts, at);
  tracer.follow(node);
  return tracer.flows;
}

class Tracer {
  readonly flows: Flow[] = [];
  readonly #facts: Facts;
  readonly #at: Activation;
  readonly #seen = new Set<ts.Node>();
  #steps = 0;

  constructor(facts: Facts, at: Activation) {
    this.#facts = facts;
    this.#at = at;
  }

  #end(kind: SinkKind, node: ts.Node): void {
    this.flows.push({ kind, node });
  }

  follow(node: ts.Node): void {
    this.#steps += 1;
    if (this.#seen.has(node) || this.#steps > STEPS_MAX) return;
    this.#seen.add(node);
    const outer = wrapped(node);
    const { parent } = outer;
    if (parent === undefined) return;
    if (isCondition(outer, parent)) {
      this.#end("control", outer);
      return;
    }
    if (ts.isReturnStatement(parent)) {
      this.#end("return", outer);
      return;
    }
    if (ts.isArrowFunction(parent)) {
      if (parent.body === outer) this.#end("return", outer);
      return;
    }
    this.#followInto(outer, parent);
  }

  #followInto(outer: ts.Node, parent: ts.Node): void {
    if (ts.isVariableDeclaration(parent)) this.#followVariable(parent);
    else if (ts.isCallExpression(parent)) this.#followCall(outer, parent);
    else if (ts.isBinaryExpression(parent)) this.#followBinary(outer, parent);
    else this.#followOther(parent);
  }

  #followOther(parent: ts.Node): void {
    if (ts.isYieldExpression(parent) || ts.isPostfixUnaryExpression(parent)) return;
    if (ts.isObjectLiteralElementLike(parent)) {
      this.follow(parent.parent);
      return;
    }
    const { parent: outer } = parent;
    const isCalled = isAccess(parent) && ts.isCallExpression(outer) && outer.expression === parent;
    if (isCalled) this.follow(outer);
    else if (ts.isExpression(parent) || ts.isTemplateSpan(parent)) this.follow(parent);
  }

  #followBinary(outer: ts.Node, parent: ts.BinaryExpression): void {
    const kind = parent.operatorToken.kind;
    const isAssigned =
      kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
    if (!isAssigned) {
      this.follow(parent);
      return;
    }
    if (parent.left === outer) return;
    const target = bare(parent.left);
    if (ts.isIdentifier(target)) this.#followUses(target);
    else this.#end("state", target);
  }

  #followVariable(node: ts.VariableDeclaration): void {
    if (ts.isIdentifier(node.name)) {
      this.#followUses(node.name);
      return;
    }
    const visit = (name: ts.BindingName): void => {
      if (ts.isIdentifier(name)) {
        this.#followUses(name);
        return;
      }
      for (const element of name.elements) if (ts.isBindingElement(element)) visit(element.name);
    };
    visit(node.name);
  }

  #followUses(name: ts.Identifier): void {
    const owner = functionAround(name) ?? name.getSourceFile();
    for (const use of usesOf(name, owner, this.#facts.types)) this.follow(use);
  }

  #followCall(outer: ts.Node, call: ts.CallExpression): void {
    if (call.expression === outer) {
      this.follow(call);
      return;
    }
    const { language } = this.#facts.effects.callee(call, this.#at);
    if (language === undefined) {
      this.follow(call);
      return;
    }
    const isKey = call.arguments[0] === outer && hasKey(language.name) && this.#isText(outer);
    if (isKey && KEYED.has(language.name)) {
      this.#end("key", outer);
      return;
    }
    if (language.name === "set" || language.name === "variable") {
      this.#end("state", outer);
      return;
    }
    this.#end(language.name === "checkpoint" ? "payload" : "unknown", outer);
  }

  #isText(node: ts.Node): boolean {
    return (this.#facts.types.typeAt(node).flags & ts.TypeFlags.NumberLike) === 0;
  }
}

const KEYED: ReadonlySet<string> = new Set([
  "compute",
  "step",
  "checkpoint",
  "variable",
  "patched",
  "signal",
  "receive",
]);

function isCondition(node: ts.Node, parent: ts.Node): boolean {
  if (ts.isIfStatement(parent) || ts.isSwitchStatement(parent)) return true;
  if (ts.isWhileStatement(parent) || ts.isDoStatement(parent)) return true;
  if (ts.isForStatement(parent)) return parent.condition === node;
  if (ts.isForOfStatement(parent) || ts.isCaseClause(parent)) return true;
  return ts.isConditionalExpression(parent) && parent.condition === node;
}

const ORDER: readonly SinkKind[] = ["control", "key", "return", "state", "unknown", "payload"];

/** The worst of all ends. */
export function worst(flows: readonly Flow[]): SinkKind {
  return ORDER.find((kind) => flows.some((flow) => flow.kind === kind)) ?? "unknown";
}
