import { ts } from "ts-morph";
import { bare, isAccess, isAsync, isGenerator, memberText, returnsOf } from "./nodes.ts";
import type { Scope, Value } from "./value.ts";
import type { Values } from "./values.ts";

/** A call of the workflow language, or of something that the language made. */
export interface LanguageCall {
  /** `compute`, `set`; `step()` for the call of a step. */
  readonly name: string;
  readonly isEffect: boolean;
}

/** What a call leads to. */
export interface Callee {
  readonly language: LanguageCall | undefined;
  readonly values: readonly Value[];
  /** What the targets are called with: `call` and `apply` are seen through. */
  readonly args: readonly ts.Expression[];
}

/** Tells effects from other values. */
export class Effects {
  readonly #values: Values;
  /** The last answer for each call: it is asked for several times in a row. */
  readonly #callees = new WeakMap<ts.Node, { readonly at: Scope; readonly callee: Callee }>();

  constructor(values: Values) {
    this.#values = values;
  }

  callee(call: ts.CallExpression, at: Scope): Callee {
    const known = this.#callees.get(call);
    if (known !== undefined && known.at === at) return known.callee;
    const callee = this.#calleeOf(call, at);
    this.#callees.set(call, { at, callee });
    return callee;
  }

  #calleeOf(call: ts.CallExpression, at: Scope): Callee {
    const target = bare(call.expression);
    const through = this.#seenThrough(call, target, at);
    if (through !== undefined) return through;
    const values = this.#values.of(target, at);
    const language = languageOf(values) ?? this.#languageByType(target, values);
    return { language, values, args: call.arguments };
  }

  /** `f.call(x, 1)`, `f.apply(x, list)`, `Reflect.apply(f, x, list)`. */
  #seenThrough(call: ts.CallExpression, target: ts.Expression, at: Scope): Callee | undefined {
    if (!isAccess(target)) return undefined;
    const name = memberText(target);
    if (name !== "call" && name !== "apply") return undefined;
    const base = bare(target.expression);
    const isReflect = ts.isIdentifier(base) && base.text === "Reflect" && name === "apply";
    const [first] = call.arguments;
    const callable = isReflect ? first : base;
    const values = callable === undefined ? [] : this.#values.of(callable, at).filter(isCallable);
    if (values.length === 0) return undefined;
    const args = name === "call" ? call.arguments.slice(1) : [];
    return { language: languageOf(values), values, args };
  }

  #languageByType(target: ts.Expression, values: readonly Value[]): LanguageCall | undefined {
    if (values.length > 0) return undefined;
    const { types, language } = this.#values.parts;
    const declaration = types.callDeclaration(types.typeAt(target));
    if (declaration === undefined || !language.isDeclaredHere(declaration)) return undefined;
    return { name: "step()", isEffect: language.givesEffect(declaration) };
  }

  /** Whether an expression is an effect, or may be one: something to `yield*`. */
  isEffect(node: ts.Expression, at: Scope): boolean {
    const inner = bare(node);
    if (ts.isConditionalExpression(inner)) {
      return this.isEffect(inner.whenTrue, at) || this.isEffect(inner.whenFalse, at);
    }
    if (ts.isCallExpression(inner)) return this.isEffectCall(inner, at);
    if (!ts.isIdentifier(inner) && !isAccess(inner)) return false;
    return this.#values.of(inner, at).some((value) => value.kind === "made" && value.isEffect);
  }

  isEffectCall(call: ts.CallExpression, at: Scope): boolean {
    const { language, values } = this.callee(call, at);
    if (language !== undefined) return language.isEffect;
    return values.some((value) => this.#givesEffect(value, at, 4));
  }

  /** A plain function of the project that returns an effect which it made. */
  #givesEffect(value: Value, at: Scope, steps: number): boolean {
    if (value.kind !== "function" || steps === 0) return false;
    const { node } = value;
    if (isGenerator(node) || isAsync(node)) return false;
    return returnsOf(node).some((each) => {
      const inner = bare(each);
      if (!ts.isCallExpression(inner)) return false;
      const { language, values } = this.callee(inner, value.scope ?? at);
      return language?.isEffect ?? values.some((next) => this.#givesEffect(next, at, steps - 1));
    });
  }

  /** A call of one of the project's own generator functions. */
  isGeneratorCall(node: ts.Expression, at: Scope): boolean {
    const inner = bare(node);
    if (!ts.isCallExpression(inner)) return false;
    return this.callee(inner, at).values.some(
      (value) => value.kind === "function" && isGenerator(value.node) && !isAsync(value.node),
    );
  }
}

function languageOf(values: readonly Value[]): LanguageCall | undefined {
  for (const value of values) {
    if (value.kind === "language") return { name: value.name, isEffect: value.isEffect };
    if (value.kind === "made" && value.by === "step") return { name: "step()", isEffect: true };
  }
  return undefined;
}

const isCallable = ({ kind }: Value): boolean => kind === "function" || kind === "external";
