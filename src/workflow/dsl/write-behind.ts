import { type Op, op, type Variable } from "./effect.ts";
import { checkName } from "./name.ts";

/**
 * Records a value under a name, written behind: the body goes on at once. Gives what was recorded,
 * as every replay sees it: a copy.
 */
export function checkpoint<T>(name: string, value: T): Op<T> {
  checkName(name, "checkpoint");
  return op({ kind: "checkpoint", name, value });
}

/**
 * A value that is read from outside by its name and changed by `set` and `update`, each recorded.
 * Declared again in the same run, it is the same variable and keeps its value.
 */
export function variable<T>(name: string, initial: T): Op<Variable<T>> {
  checkName(name, "variable");
  return op({ kind: "variable", name, initial });
}
