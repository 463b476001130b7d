// Which calls ask for effects, and which of their arguments run elsewhere.

import { ts } from "ts-morph";
import type { Resolver } from "./resolve.ts";
import type { World } from "./world.ts";

/** Their functions run as effect bodies: on one node, once for all. What they do is free. */
const BODIES: ReadonlySet<string> = new Set(["compute", "step"]);
/** What they are given is a workflow of its own. */
const REGISTRATIONS: ReadonlySet<string> = new Set(["workflow"]);

export class Effects {
  readonly #world: World;
  readonly #resolver: Resolver;

  constructor(world: World, resolver: Resolver) {
    this.#world = world;
    this.#resolver = resolver;
  }

  /**
   * The language's name for what is called: `compute`, `checkpoint`, `set`; `step` results are
   * called by their variable's name. Undefined: no call of the language.
   */
  nameOf(call: ts.CallExpression): string | undefined {
    const resolved = this.#resolver.resolve(call.expression);
    if (resolved.kind === "language") return resolved.name;
    const declaration = this.#world.checker.getResolvedSignature(call)?.declaration;
    if (declaration === undefined || !this.#world.isOfLanguage(declaration)) return;
    const name = "name" in declaration ? declaration.name : undefined;
    if (name !== undefined && ts.isIdentifier(name)) return name.text;
    const { expression } = call;
    return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
  }

  /** From this argument on, what is handed over is no part of the body. */
  hasFreeBodies(name: string): boolean {
    return BODIES.has(name);
  }

  isRegistration(name: string): boolean {
    return REGISTRATIONS.has(name);
  }

  /** A call that gives an effect: it does nothing until it is asked by `yield*`. */
  isEffect(call: ts.CallExpression): boolean {
    return this.nameOf(call) !== undefined && this.#isIterable(call);
  }

  /** A call of an own generator function: it does nothing until it is delegated to. */
  isOwnGenerator(call: ts.CallExpression): boolean {
    return this.#resolver
      .functionsOf(call.expression)
      .some((one) => "asteriskToken" in one && one.asteriskToken !== undefined && !isAsync(one));
  }

  #isIterable(call: ts.CallExpression): boolean {
    const type = this.#world.checker.getTypeAtLocation(call);
    return this.#world.checker
      .getPropertiesOfType(type)
      .some(({ escapedName }) => String(escapedName).startsWith("__@iterator"));
  }
}

export const isAsync = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true;

export const isGeneratorFunction = (node: ts.Node): boolean =>
  "asteriskToken" in node && node.asteriskToken !== undefined;
