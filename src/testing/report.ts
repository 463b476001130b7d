// How a test of a workflow fails: what was expected, what is, what happened before, at the user's
// line.

import { inspect } from "node:util";

export interface Mismatch {
  /** One sentence. */
  readonly message: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
  /** Where in the workflow's source: `file:line:column`. */
  readonly source?: string | undefined;
  /** What the test can do about it. */
  readonly hint?: string | undefined;
}

/** A plain Error, for any runner. */
abstract class MismatchError extends Error {
  /** For runners that show a difference. */
  readonly expected: unknown;
  readonly actual: unknown;

  constructor(mismatch: Mismatch, before: readonly string[]) {
    super(textOf(mismatch, before));
    this.expected = plain(mismatch.expected);
    this.actual = plain(mismatch.actual);
    this.stack = pointAtUser(this.stack).replace(/^Error/, new.target.name);
  }
}

/** An expectation of a stepping test was not met. */
export class StepThroughError extends MismatchError {
  override readonly name = "StepThroughError";
}

/** What a `TestEngine` was asked for will not be, or a workflow is not deterministic. */
export class TestEngineError extends MismatchError {
  override readonly name = "TestEngineError";
}

function textOf(mismatch: Mismatch, before: readonly string[]): string {
  const { message, expected, actual, source, hint } = mismatch;
  const lines = [message];
  if (expected !== undefined) lines.push(`  expected: ${shown(expected)}`);
  if (actual !== undefined) lines.push(`  actual:   ${shown(actual)}`);
  if (source !== undefined) lines.push(`  source:   ${source}`);
  if (hint !== undefined) lines.push(`  to do:    ${hint}`);
  if (before.length > 0) lines.push("  so far:", ...before.map((line) => `    ${line}`));
  return lines.join("\n");
}

/** A value on one line; a string that describes something stays as it is. */
export function shown(value: unknown): string {
  if (value instanceof Described) return value.words;
  return inspect(value, { depth: 6, breakLength: Infinity, maxStringLength: 200, sorted: true });
}

export const errorText = ({ name, message }: Error): string => `${name}: ${message}`;

/** Words that stand for a thing, not a string that was a value. */
export class Described {
  readonly words: string;

  constructor(words: string) {
    this.words = words;
  }
}

const plain = (value: unknown): unknown => (value instanceof Described ? value.words : value);

const HERE = import.meta.url.slice(0, import.meta.url.lastIndexOf("/testing/") + 1);
const HERE_AS_PATH = HERE.replace(/^file:\/\//, "");

/** The first frame is the test's: what is inside of the library tells nobody anything. */
export function pointAtUser(stack: string | undefined): string {
  return (stack ?? "")
    .split("\n")
    .filter((line) => !(line.includes(HERE) || line.includes(HERE_AS_PATH)))
    .join("\n");
}
