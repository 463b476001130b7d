// What superjson must not be given (RELIABILITY §4c): it follows paths it is told, builds what
// it is told, and takes seconds on crafted ones. Everything that this library writes passes.

import { RaftoralError } from "../../errors.ts";
import { DEPTH_MAX, isForbiddenKey } from "./shape.ts";
import type { Types } from "./types.ts";

/** superjson's annotations that this library writes. No regexp, no class, no symbol. */
const OWN: readonly string[] = [
  "undefined",
  "bigint",
  "number",
  "Date",
  "set",
  "map",
  "URL",
  "custom error",
  "custom bytes",
];

/** With the user's own types: what is not registered here is not built. */
export const annotationsOf = (types: Types): ReadonlySet<unknown> =>
  new Set([...OWN, ...types.map(({ name }) => `custom ${name}`)]);

/** The recorded form of a value: errors take two levels where a value has one. */
const RECORDED_DEPTH_MAX = 2 * DEPTH_MAX + 2;

/** @throws RaftoralError `malformed` */
export function checkMeta(payload: unknown, known: ReadonlySet<unknown>): void {
  if (!isRecord(payload) || !isRecord(payload["meta"])) throw bad("it is no value with its types");
  const { json, meta } = payload;
  for (const key of Object.keys(meta)) {
    if (key !== "values" && key !== "v") throw bad(`types hold ${key}`);
  }
  checkKeys(json, 0);
  if (meta["values"] !== undefined) checkTree(meta["values"], { json, known }, 0);
}

/**
 * The form of a value of the user's: its keys were looked at with the whole.
 * @throws RaftoralError `malformed`
 */
export function checkForm(payload: unknown, known: ReadonlySet<unknown>): FormParts {
  if (!isRecord(payload) || !("json" in payload)) throw bad("a type's value has no form");
  const { json, values } = payload;
  if (values !== undefined) checkTree(values, { json, known }, 0);
  return { json, values };
}

/** What superjson makes of a value: JSON, and its types by path. */
export interface FormParts {
  readonly json: unknown;
  readonly values: unknown;
}

interface Annotated {
  readonly json: unknown;
  readonly known: ReadonlySet<unknown>;
}

/**
 * @throws RaftoralError `malformed` for keys that must not reach an assignment,
 * or too deep a value.
 */
export function checkKeys(value: unknown, depth: number): void {
  if (typeof value !== "object" || value === null) return;
  if (depth > RECORDED_DEPTH_MAX) throw bad("it is too deep");
  for (const [key, child] of Object.entries(value)) {
    if (isForbiddenKey(key)) throw bad(`it has the key ${key}`);
    checkKeys(child, depth + 1);
  }
}

/**
 * An annotation is `[type]`, `[type, tree]` or a tree; a tree goes by paths to annotations below.
 */
function checkTree(tree: unknown, at: Annotated, depth: number): void {
  if (depth > RECORDED_DEPTH_MAX) throw bad("its types are too deep");
  if (Array.isArray(tree)) {
    const [type, below] = tree;
    const name = Array.isArray(type) ? type.join(" ") : type;
    if (!at.known.has(name)) throw bad(`it has the type ${String(name)}`);
    if (below !== undefined) checkTree(below, at, depth);
    return;
  }
  if (!isRecord(tree)) throw bad("its types are no tree");
  for (const [path, below] of Object.entries(tree)) {
    checkTree(below, { ...at, json: follow(at.json, path) }, depth + 1);
  }
}

/** What lies at the path: its own parts alone, and no index beyond an array's end. */
function follow(value: unknown, path: string): unknown {
  let at = value;
  for (const step of segments(path)) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step) || isLength(at, step)) {
      throw bad("a type has no value");
    }
    at = Reflect.get(at, step);
  }
  return at;
}

const isLength = (value: object, step: string): boolean =>
  Array.isArray(value) && step === "length";

/** Segments are parted by dots; after a backslash a character stands for itself. */
function segments(path: string): readonly string[] {
  const parts: string[] = [];
  let part = "";
  for (let i = 0; i < path.length; i++) {
    const character = path.charAt(i);
    if (character === "\\") part += path.charAt(++i);
    else if (character === ".") {
      parts.push(part);
      part = "";
    } else part += character;
  }
  return [...parts, part];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const bad = (why: string): RaftoralError => new RaftoralError("malformed", why);
