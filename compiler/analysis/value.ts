import type { ts } from "ts-morph";
import type { FunctionNode } from "./nodes.ts";

/**
 * What an expression may stand for, as far as the analysis follows it: what can be called, or holds
 * what can be called. Numbers and texts are not followed.
 */
export type Value =
  | {
      readonly kind: "function";
      readonly node: FunctionNode;
      readonly scope: Scope;
      readonly self?: Value;
    }
  | { readonly kind: "class"; readonly node: ts.ClassLikeDeclaration; readonly scope: Scope }
  | { readonly kind: "object"; readonly node: ts.ObjectLiteralExpression; readonly scope: Scope }
  | { readonly kind: "list"; readonly node: ts.Node; readonly items: readonly Value[] }
  /** `new C(…)`, with what its constructor was given. */
  | {
      readonly kind: "instance";
      readonly node: ts.ClassLikeDeclaration;
      readonly scope: Scope;
      readonly made: Activation | undefined;
    }
  /** Of the platform or of a package, by the catalogue's names. */
  | { readonly kind: "external"; readonly name: string }
  /** A name of the workflow language. */
  | { readonly kind: "language"; readonly name: string; readonly isEffect: boolean }
  /** What a call of the language gave: a step, the creators of `effects()`. */
  | {
      readonly kind: "made";
      /** `compute`, `step`, `effects`, or `step()` for the effect that a step's call is. */
      readonly by: string;
      readonly call: ts.CallExpression;
      readonly isEffect: boolean;
    };

export type Scope = Activation | undefined;

/**
 * A piece of code with what it was called with: one for each way in which it is called, as far as
 * functions and objects handed in make a difference.
 */
export interface Activation {
  readonly id: number;
  /** A function, a class, or an expression that runs when its module is loaded. */
  readonly code: ts.Node;
  /** Of the function around it. */
  readonly scope: Scope;
  /** By parameter. */
  readonly bindings: ReadonlyMap<ts.Node, readonly Value[]>;
  /** Parameters that the caller gave: their defaults do not run. */
  readonly given: ReadonlySet<ts.Node>;
  readonly self: Value | undefined;
  /** It ran, or was made, when a module was loaded. */
  readonly isOfModule: boolean;
}
