// Types of the user's own that values may hold, beside what superjson knows by itself.

import { RaftoralError } from "../../errors.ts";
import { refuseUnknown } from "./known-options.ts";
import { checkName } from "./name.ts";

/** A type that values may hold. Made by `valueType`, given as `types` to members and clients. */
export interface ValueType {
  readonly name: string;
  readonly version: number;
  isApplicable(value: object): boolean;
  serialize(value: object): unknown;
  deserialize(form: unknown): object;
}

export interface ValueTypeDefinition<T extends object, F> {
  /** In every recorded value of the type: it cannot be changed. */
  readonly name: string;
  /** Raise it with what `serialize` gives, and let `deserialize` read all before. Default 1. */
  readonly version?: number;
  /** Asked of objects that are no record, array, Map, Set, Date, URL or bytes. */
  readonly isApplicable: (value: object) => value is T;
  /** Equal forms for equal values, on every member: hashes of inputs are made of them. */
  readonly serialize: (value: T) => F;
  readonly deserialize: (form: F) => T;
}

export interface ClassTypeDefinition<T extends object> {
  readonly name: string;
  readonly version?: number;
  /**
   * Instances of just this class are recorded by their own enumerable properties. They come back
   * without the constructor's help: no `#private` member, nothing that only the constructor does.
   */
  readonly class: abstract new (
    ...args: never[]
  ) => T;
}

/** Values hold what has a name; a process that knows too many of them means something else. */
export const VALUE_TYPES_MAX = 100;

/** Of this library's own forms, or with a meaning in JavaScript. */
const RESERVED: ReadonlySet<string> = new Set(["error", "bytes"]);

/**
 * Registers a type with superjson, under a name: by a pair of functions, or by its class.
 * @throws RaftoralError `invalid-argument`
 */
export function valueType<T extends object, F>(definition: ValueTypeDefinition<T, F>): ValueType;
export function valueType<T extends object>(definition: ClassTypeDefinition<T>): ValueType;
export function valueType<T extends object, F>(
  definition: ValueTypeDefinition<T, F> | ClassTypeDefinition<T>,
): ValueType {
  if (typeof definition !== "object" || definition === null) {
    throw bad(String(definition), "valueType takes { name, class } or { name } with functions");
  }
  const { name, version = 1 } = definition;
  checkName(name, "type");
  if (RESERVED.has(name) || name in Object.prototype || /[\s@,]/.test(name)) {
    throw bad(name, "another name, without spaces, @ and commas: it has a meaning of its own");
  }
  if (!(Number.isSafeInteger(version) && version >= 1)) {
    throw bad(name, "its version is a whole number from 1 on");
  }
  const functions = "class" in definition ? ofClass(definition) : byFunctions(definition);
  return Object.freeze({ name, version, ...functions });
}

/** @throws RaftoralError `invalid-argument` */
export function checkValueTypes(types: readonly ValueType[]): void {
  if (!Array.isArray(types) || types.length > VALUE_TYPES_MAX) {
    throw new RaftoralError("invalid-argument", `types: a list, of at most ${VALUE_TYPES_MAX}`);
  }
  const seen = new Set<string>();
  for (const type of types) {
    if (typeof type?.name !== "string" || typeof type.serialize !== "function") {
      throw new RaftoralError("invalid-argument", "types: each is made by valueType({ … })");
    }
    if (seen.has(type.name)) throw bad(type.name, "two types have this name");
    seen.add(type.name);
  }
}

type Functions = Pick<ValueType, "isApplicable" | "serialize" | "deserialize">;

function byFunctions<T extends object, F>(definition: ValueTypeDefinition<T, F>): Functions {
  const known = { name: true, version: true, ...FUNCTIONS };
  refuseUnknown("valueType", definition, known);
  const { name, isApplicable, serialize, deserialize } = definition;
  for (const [option, given] of Object.entries({ isApplicable, serialize, deserialize })) {
    if (typeof given !== "function") throw bad(name, `${option} is a function`);
  }
  // Methods, so that a type of any values is a ValueType.
  const typed: TypedFunctions<T, F> = {
    isApplicable: (value) => isApplicable(value),
    serialize: (value) => serialize(value),
    deserialize: (form) => deserialize(form),
  };
  return typed;
}

interface TypedFunctions<T extends object, F> {
  isApplicable(value: object): boolean;
  serialize(value: T): F;
  deserialize(form: F): T;
}

const FUNCTIONS = { isApplicable: true, serialize: true, deserialize: true } as const;

function ofClass<T extends object>(definition: ClassTypeDefinition<T>): Functions {
  refuseUnknown("valueType", definition, { name: true, version: true, class: true });
  const prototype: unknown = definition.class?.prototype;
  if (typeof prototype !== "object" || prototype === null || prototype === Object.prototype) {
    throw bad(definition.name, "class is a class");
  }
  return {
    // Just this one: an instance of a class below it would come back as one of it.
    isApplicable: (value) => Object.getPrototypeOf(value) === prototype,
    serialize: (value) => ({ ...value }),
    deserialize: (form) => {
      const properties = Object.getOwnPropertyDescriptors(Object(form));
      return Object.create(prototype, properties);
    },
  };
}

const bad = (name: string, why: string): RaftoralError =>
  new RaftoralError("invalid-argument", `the type "${String(name)}": ${why}`);
