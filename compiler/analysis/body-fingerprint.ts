// What a workflow's body does, as a hash: of its code and of all own code that it reaches, without
// what a run does not follow (effect bodies, types, comments, layout).

import { ts } from "ts-morph";
import { sha256 } from "../project/hash.ts";
import type { Effects } from "./effects.ts";
import { effectBodyAt } from "./language.ts";
import { bare, isFunctionNode, isInlineFunction } from "./nodes.ts";
import type { Activation } from "./value.ts";

/** Makes fingerprints of bodies. Code that many of them reach is looked at once. */
export class BodyFingerprints {
  readonly #effects: Effects;
  readonly #byCode = new Map<ts.Node, string>();

  constructor(effects: Effects) {
    this.#effects = effects;
  }

  /** Of all that a body reaches, itself included. */
  of(reached: readonly Activation[]): string {
    const codes = new Map(reached.map((at) => [at.code, this.#ofCode(at)]));
    // Sorted: how it is come to does not count, nor in which file it stands.
    return sha256([...codes.values()].sort().join("\n")).slice(0, 32);
  }

  #ofCode(at: Activation): string {
    const known = this.#byCode.get(at.code);
    if (known !== undefined) return known;
    const shapes = partsOf(at.code).map((part) => shapeOf(part, at, this.#effects));
    const made = sha256(shapes.join());
    this.#byCode.set(at.code, made);
    return made;
  }
}

/** What runs when code is entered. Defaults of parameters are code of their own. */
function partsOf(code: ts.Node): readonly ts.Node[] {
  if (ts.isClassLike(code)) return code.members.flatMap(partsOfMember);
  if (isFunctionNode(code)) return code.body === undefined ? [] : [code.body];
  return [code];
}

/** What `new` runs: fields and the constructor. */
function partsOfMember(member: ts.ClassElement): readonly ts.Node[] {
  if (ts.isConstructorDeclaration(member)) return member.body === undefined ? [] : [member.body];
  if (!ts.isPropertyDeclaration(member) || member.initializer === undefined) return [];
  return isInlineFunction(bare(member.initializer)) ? [] : [member.initializer];
}

function shapeOf(node: ts.Node, at: Activation, effects: Effects): string {
  const inner = ts.isExpression(node) ? bare(node) : node;
  const parts: string[] = [];
  ts.forEachChild(inner, (child) => {
    const isFollowed = !ts.isTypeNode(child) && !isEffectBody(child, at, effects);
    if (isFollowed) parts.push(shapeOf(child, at, effects));
  });
  return `${ts.SyntaxKind[inner.kind]}${ownText(inner)}(${parts.join()})`;
}

/** The function of a `compute` or `step`: what it does is recorded, not followed. */
function isEffectBody(node: ts.Node, at: Activation, effects: Effects): boolean {
  const { parent } = node;
  if (!isFunctionNode(node) || !ts.isCallExpression(parent)) return false;
  const position = effectBodyAt(effects.callee(parent, at).language?.name ?? "");
  return position >= 0 && parent.arguments[position] === node;
}

function ownText(node: ts.Node): string {
  if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return `:${node.text}`;
  if (ts.isLiteralExpression(node) || ts.isTemplateHead(node)) return JSON.stringify(node.text);
  if (ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) return JSON.stringify(node.text);
  const isUnary = ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node);
  return isUnary ? `:${ts.tokenToString(node.operator)}` : "";
}
