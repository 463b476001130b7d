// How a test says which error it expects.

/** A class, its name, or a pattern that the message fits. */
export type ErrorExpectation = (new (...args: never[]) => Error) | string | RegExp;

/** Across the log an error keeps its name and loses its class: a class stands for its name. */
export function isExpectedError(error: Error, expected: ErrorExpectation | undefined): boolean {
  if (expected === undefined) return true;
  if (expected instanceof RegExp) return expected.test(error.message);
  return error.name === (typeof expected === "string" ? expected : expected.name);
}

export function errorExpectationText(expected: ErrorExpectation | undefined): string {
  if (expected === undefined) return "a failure";
  if (expected instanceof RegExp) return `a failure whose message fits ${String(expected)}`;
  return `a failure by ${typeof expected === "string" ? expected : expected.name}`;
}
