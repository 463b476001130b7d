// What a user's schema takes, by the interface of standardschema.dev: one for all libraries that
// check values. It is asked once, where a value enters; what it gives is what is recorded, so that
// no replay asks it again.

import { InputInvalid, type InputIssue, RaftoralError } from "../../errors.ts";
import { type Limit, within } from "../../std/within.ts";

/** A schema of zod, valibot, arktype or any other library that follows standardschema.dev. */
export interface StandardSchema<I = unknown, O = I> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<O> | Promise<SchemaResult<O>>;
    /** In the type alone: what it takes, and what it makes of that. */
    readonly types?: { readonly input: I; readonly output: O } | undefined;
  };
}

export type SchemaResult<O> =
  | { readonly value: O; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Any schema at all. */
// biome-ignore lint/suspicious/noExplicitAny: what it takes and gives is read off by inference.
export type AnySchema = StandardSchema<any, any>;

/** What a schema takes. */
export type SchemaInput<S extends AnySchema> = NonNullable<S["~standard"]["types"]>["input"];
/** What it makes of that. */
export type SchemaOutput<S extends AnySchema> = NonNullable<S["~standard"]["types"]>["output"];

/** More are left out of the error. */
const ISSUES_MAX = 32;
/** A schema's own words may repeat what they are about. */
const WORDS_CHARACTERS_MAX = 500;

/** Once, where it is given. @throws RaftoralError `invalid-argument` */
export function checkSchema(schema: unknown, of: string): void {
  if (schema === undefined || isSchema(schema)) return;
  throw new RaftoralError(
    "invalid-argument",
    `the input of ${of} is a schema by standardschema.dev (zod, valibot, arktype, …): ` +
      'a thing with "~standard", of version 1',
  );
}

function isSchema(schema: unknown): boolean {
  try {
    const standard: unknown = isHolder(schema) ? Reflect.get(schema, "~standard") : undefined;
    if (!isHolder(standard) || Reflect.get(standard, "version") !== 1) return false;
    return typeof Reflect.get(standard, "validate") === "function";
  } catch {
    // A getter that throws when it is looked at throws later too.
    return false;
  }
}

/** zod's are objects, arktype's are functions. */
const isHolder = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";

/**
 * What is recorded for what was given; without a schema just that. `limit`: of an asynchronous
 * schema; without one whoever asks has a limit of its own.
 * @throws InputInvalid; RaftoralError `schema-failed`
 */
export async function accepted(
  schema: AnySchema | undefined,
  given: unknown,
  of: string,
  limit?: Limit,
): Promise<unknown> {
  if (schema === undefined) return given;
  try {
    const result: unknown = schema["~standard"].validate(given);
    if (limit === undefined || !isThenable(result)) return outputOf(await result, of);
    const late = (): Error => failed(of, `it gave no answer within ${limit.limitMs} ms`);
    return outputOf(await within(Promise.resolve(result), limit, late), of);
  } catch (error) {
    throw isOwn(error) ? error : failed(of, "it threw", error);
  }
}

/**
 * The same where nothing can be waited for.
 * @throws as `accepted`; `schema-failed` too for a schema that is asynchronous.
 */
export function acceptedNow(schema: AnySchema | undefined, given: unknown, of: string): unknown {
  if (schema === undefined) return given;
  try {
    const result: unknown = schema["~standard"].validate(given);
    if (!isThenable(result)) return outputOf(result, of);
    // Nobody waits for it: nor may its rejection end the process.
    Promise.resolve(result).catch(() => {});
  } catch (error) {
    throw isOwn(error) ? error : failed(of, "it threw", error);
  }
  throw failed(of, "it is asynchronous, and here nothing can be waited for: check it before");
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  isHolder(value) && typeof Reflect.get(value, "then") === "function";

/** A schema is foreign code: what it gives is looked at, not trusted. */
function outputOf(result: unknown, of: string): unknown {
  if (!isHolder(result)) throw failed(of, "it gave no result");
  const issues: unknown = Reflect.get(result, "issues");
  if (issues === undefined) {
    if ("value" in result) return result.value;
    throw failed(of, "it gave neither a value nor issues");
  }
  if (!Array.isArray(issues)) throw failed(of, "its issues are no list");
  throw new InputInvalid(of, issues.slice(0, ISSUES_MAX).map(issueOf), issues.length);
}

function issueOf(issue: unknown): InputIssue {
  const { message, path } = isHolder(issue) ? fieldsOf(issue) : { message: issue, path: undefined };
  return {
    message: String(message ?? "it does not fit").slice(0, WORDS_CHARACTERS_MAX),
    path: Array.isArray(path) ? path.map(keyOf) : [],
  };
}

const fieldsOf = (issue: object) => ({
  message: Reflect.get(issue, "message"),
  path: Reflect.get(issue, "path"),
});

function keyOf(segment: unknown): string | number {
  const key: unknown = isHolder(segment) ? Reflect.get(segment, "key") : segment;
  return typeof key === "number" ? key : String(key);
}

const isOwn = (error: unknown): boolean =>
  error instanceof RaftoralError &&
  (error.code === "input-invalid" || error.code === "schema-failed");

const failed = (of: string, why: string, cause?: unknown): RaftoralError =>
  new RaftoralError("schema-failed", `the schema for the input of ${of} cannot be used: ${why}`, {
    cause,
  });
