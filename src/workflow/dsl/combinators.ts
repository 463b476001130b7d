import { RaftoralError } from "../../errors.ts";
import { type Branch, type LabelledBranch, type Op, op } from "./effect.ts";

type Branches = readonly Branch<unknown>[] | Readonly<Record<string, Branch<unknown>>>;

/** What a branch gives. */
export type BranchValue<B> =
  B extends Branch<infer A> ? A : B extends () => infer R ? BranchValue<R> : never;

/** A tuple's results by index, a record's by key. */
export type AllOf<T> = { -readonly [K in keyof T]: BranchValue<T[K]> };

/** The winner: its label beside its value, so that `tag` tells which type `value` has. */
export type RaceOf<T> = T extends readonly (infer B)[]
  ? number extends T["length"]
    ? { readonly tag: number; readonly value: BranchValue<B> }
    : {
        [K in keyof T]: K extends `${infer Index extends number}`
          ? { readonly tag: Index; readonly value: BranchValue<T[K]> }
          : never;
      }[Extract<keyof T, `${number}`>]
  : { [K in keyof T]: { readonly tag: K; readonly value: BranchValue<T[K]> } }[keyof T];

/** Every branch. The first failure, in the order in which branches end, cancels the others. */
export function all<const T extends Branches>(branches: T): Op<AllOf<T>> {
  return op({ kind: "all", isTuple: Array.isArray(branches), branches: label("all", branches) });
}

/**
 * The first branch to end, by value or failure. The others are cancelled; nothing waits for them.
 */
export function race<const T extends Branches>(branches: T): Op<RaceOf<T>> {
  const labelled = label("race", branches);
  if (labelled.length === 0) {
    throw new RaftoralError("invalid-argument", "race takes at least one branch: none never ends");
  }
  return op({ kind: "race", isTuple: Array.isArray(branches), branches: labelled });
}

function label(what: string, branches: Branches): readonly LabelledBranch[] {
  if (typeof branches !== "object" || branches === null) {
    throw new RaftoralError("invalid-argument", `${what} takes an array or a record of branches`);
  }
  return Object.entries(branches).map(([label, branch]) => ({ label, branch }));
}
