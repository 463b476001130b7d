import { RaftoralError } from "../../errors.ts";
import type { CallOptions, Fx } from "./call.ts";
import { callBody, type Op, op } from "./effect.ts";
import { checkName } from "./name.ts";
import { callOptions } from "./retry.ts";
import { type AnySchema, checkSchema, type SchemaInput, type SchemaOutput } from "./schema.ts";

/** A named effect body, defined once and called by `yield* charge(order)`. */
export interface Step<I, R> {
  (input: I): Op<R>;
  readonly stepName: string;
}

export interface CheckedCallOptions<S extends AnySchema> extends CallOptions {
  /**
   * What the input must fit, by standardschema.dev. Asked on the owner, before the body, which gets
   * what it makes of the input; with an input that does not fit the step fails at once, for good.
   */
  readonly input: S;
}

/** `step` and `compute`, with `fx.deps` as Deps. */
export interface Effects<Deps> {
  step<S extends AnySchema, R = unknown>(
    name: string,
    body: (input: SchemaOutput<S>, fx: Fx<Deps>) => R,
    options: CheckedCallOptions<S>,
  ): Step<SchemaInput<S>, Awaited<R>>;
  step<I = void, R = unknown>(
    name: string,
    body: (input: I, fx: Fx<Deps>) => R,
    options?: CallOptions,
  ): Step<I, Awaited<R>>;
  compute<R>(name: string, body: (fx: Fx<Deps>) => R, options?: CallOptions): Op<Awaited<R>>;
}

/**
 * Names an effect body. It runs on the owner only, at least once;
 * its result is recorded exactly once.
 * @throws RaftoralError `invalid-argument`
 */
export function step<S extends AnySchema, R = unknown>(
  name: string,
  body: (input: SchemaOutput<S>, fx: Fx) => R,
  options: CheckedCallOptions<S>,
): Step<SchemaInput<S>, Awaited<R>>;
export function step<I = void, R = unknown>(
  name: string,
  body: (input: I, fx: Fx) => R,
  options?: CallOptions,
): Step<I, Awaited<R>>;
export function step<I = void, R = unknown>(
  name: string,
  body: (input: I, fx: Fx) => R,
  options?: AnyCallOptions,
): Step<I, Awaited<R>> {
  return makeStep(name, body, options);
}

/**
 * An effect body in place. What it closes over must be deterministic; what it does need not be.
 * @throws RaftoralError `invalid-argument`
 */
export function compute<R>(
  name: string,
  body: (fx: Fx) => R,
  options?: CallOptions,
): Op<Awaited<R>> {
  return makeCompute(name, body, options);
}

/** The same creators for bodies that use `fx.deps`: what `startNode({ deps })` was given. */
export function effects<Deps>(): Effects<Deps> {
  return { step: makeStep, compute: makeCompute };
}

type AnyCallOptions = CallOptions & { readonly input?: AnySchema | undefined };

function makeStep<I, R, Deps>(
  name: string,
  body: (input: I, fx: Fx<Deps>) => R,
  given?: AnyCallOptions,
): Step<I, Awaited<R>> {
  checkName(name, "step");
  checkBody(name, body);
  const { input: schema, ...others } = given ?? {};
  checkSchema(schema, `the step "${name}"`);
  const options = callOptions(given === null ? given : others);
  const call = { kind: "step", name, body: callBody(body), options, schema } as const;
  const ask = (input: I): Op<Awaited<R>> => op({ ...call, input });
  return Object.freeze(Object.assign(ask, { stepName: name }));
}

function makeCompute<R, Deps>(
  name: string,
  body: (fx: Fx<Deps>) => R,
  options?: CallOptions,
): Op<Awaited<R>> {
  checkName(name, "compute");
  checkBody(name, body);
  const call = callBody((_input: undefined, fx: Fx<Deps>) => body(fx));
  return op({ kind: "compute", name, body: call, options: callOptions(options) });
}

function checkBody(name: string, body: unknown): void {
  if (typeof body !== "function") {
    throw new RaftoralError("invalid-argument", `the body of "${name}" is a function`);
  }
}
