// Types of the user's own, as the codec meets them: which one a value is of, and its form.

import { RaftoralError, type Unserializable } from "../../errors.ts";
import type { ValueType } from "../dsl/value-type.ts";
import { shapeOf, type Trail } from "./shape.ts";

export type Types = readonly ValueType[];

/** undefined: the value is none of the user's, or this library's own. */
export function typeOf(types: Types, value: object): ValueType | undefined {
  if (types.length === 0) return;
  const shape = shapeOf(value);
  if (shape !== undefined && shape !== "error") return;
  return types.find((type) => type.isApplicable(value));
}

/** What is recorded of it. @throws Unserializable, with its place. */
export function formOf(type: ValueType, value: object, trail: Trail): unknown {
  let form: unknown;
  try {
    form = type.serialize(value);
  } catch (cause) {
    throw refusal(trail, `the type "${type.name}" threw`, cause);
  }
  if (form === undefined) throw refusal(trail, `the type "${type.name}" serializes it to nothing`);
  if (form === value) throw refusal(trail, `the type "${type.name}" serializes it to itself`);
  return form;
}

/** The type of a value, as `typeOf`; a type that throws where it is asked is named. */
export function askedType(types: Types, value: object, trail: Trail): ValueType | undefined {
  try {
    return typeOf(types, value);
  } catch (cause) {
    throw refusal(trail, "a type threw when it was asked whether this is its own", cause);
  }
}

const refusal = (trail: Trail, why: string, cause?: unknown): Unserializable =>
  trail.refuse(why, cause);

/** @throws RaftoralError `malformed` */
export function valueBy(type: ValueType, form: unknown): object {
  let value: unknown;
  try {
    value = type.deserialize(form);
  } catch (cause) {
    const message = `the type "${type.name}" threw when it read a recorded value`;
    throw new RaftoralError("malformed", message, { cause });
  }
  if (typeof value === "object" && value !== null && !(value instanceof Promise)) return value;
  throw new RaftoralError(
    "malformed",
    `the type "${type.name}" read a recorded value as no object`,
  );
}
