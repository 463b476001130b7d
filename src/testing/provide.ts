// Answers that a test gives in an effect body's place: by step, by input, by attempt.

import type { Step } from "../workflow/dsl/step.ts";
import { checkCount, checkFunction, checkStep, checkWords } from "./arguments.ts";

/** Which attempt is answered. */
export interface ProvidedAttempt {
  /** 1, 2, … */
  readonly attempt: number;
  /** The same on every attempt of the effect: for an outside world that takes an order once. */
  readonly idempotencyKey: string;
}

/** Stands in a step's body's place. May throw. */
export type ProvidedBody<I, R> = (input: I, at: ProvidedAttempt) => R | Promise<R>;

/** Stands in for the body of one step, or of one step with certain inputs, or of a compute. */
export interface Provider {
  readonly kind: "step" | "compute";
  readonly name: string;
  isFor(input: unknown): boolean;
  answer(input: unknown, at: ProvidedAttempt): unknown;
}

/**
 * Answers a step by a value, or by a function in its body's place. Of several providers the first
 * that fits an effect answers it.
 */
export function provide<I, R>(step: Step<I, R>, answer: R | ProvidedBody<I, R>): Provider {
  return provideWhen(step, () => true, answer);
}

/** As `provide`, for the inputs that `when` takes; others are left to the providers behind it. */
export function provideWhen<I, R>(
  step: Step<I, R>,
  when: (input: I) => boolean,
  answer: R | ProvidedBody<I, R>,
): Provider {
  checkStep(step, "provide");
  checkFunction(when, "provideWhen(step, when, …)");
  const body = isBody(answer) ? answer : (): R => answer;
  // Methods, so that a provider for any input is a Provider.
  const typed: Typed<I> = { isFor: (i) => when(i), answer: (i, at) => body(i, at) };
  return { kind: "step", name: step.stepName, ...typed };
}

/** As `provide`, for an effect in place: `compute(name, …)` has no reference, but a name. */
export function provideCompute<R>(name: string, answer: R | ProvidedBody<void, R>): Provider {
  checkWords(name, "provideCompute");
  const body = isBody(answer) ? answer : (): R => answer;
  return { kind: "compute", name, isFor: () => true, answer: (_, at) => body(undefined, at) };
}

/** The first `times` attempts of each effect throw `error`; later ones are answered by `then`. */
export function failTimes<I, R>(
  times: number,
  error: unknown,
  then: R | ProvidedBody<I, R>,
): ProvidedBody<I, R> {
  checkCount(times, "failTimes");
  return (input, at) => {
    if (at.attempt <= times) throw error;
    return isBody(then) ? then(input, at) : then;
  };
}

/** Every attempt throws `error`. */
export function throwing(error: unknown): () => never {
  return () => {
    throw error;
  };
}

/** Never ends: what an attempt's time-out, a lost race or a crash is tried with. */
export function hanging(): () => Promise<never> {
  return () => NEVER;
}

/** Is this what `hanging()` gives? */
export const isHanging = (answer: unknown): boolean => answer === NEVER;

const NEVER = new Promise<never>(() => {});

/** The first that stands in for this effect with this input. */
export const providerFor = (
  providers: readonly Provider[],
  { kind, name }: { readonly kind: string; readonly name: string },
  input: unknown,
): Provider | undefined =>
  providers.find(
    (provider) => provider.kind === kind && provider.name === name && provider.isFor(input),
  );

interface Typed<I> {
  isFor(input: I): boolean;
  answer(input: I, at: ProvidedAttempt): unknown;
}

function isBody<I, R>(answer: R | ProvidedBody<I, R>): answer is ProvidedBody<I, R> {
  return typeof answer === "function";
}
