import { invalidArgument } from "../../errors.ts";
import { type Branch, type LabelledBranch, type Op, op } from "./effect.ts";
import { refuseUnknown } from "./known-options.ts";

type Branches = readonly Branch<unknown>[] | Readonly<Record<string, Branch<unknown>>>;

/** What a branch gives. */
export type BranchValue<B> =
  B extends Branch<infer A> ? A : B extends () => infer R ? BranchValue<R> : never;

/** A tuple's results by index, a record's by key. */
export type AllOf<T> = { -readonly [K in keyof T]: BranchValue<T[K]> };

/** How each branch ended. */
export type SettledOf<T> = {
  -readonly [K in keyof T]: PromiseSettledResult<BranchValue<T[K]>>;
};

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
 * Every branch to its end, as `{ status: "fulfilled", value }` or `{ status: "rejected", reason }`.
 * A cancellation is no result: cancelled from outside, it throws `Cancelled` once all have ended.
 */
export function allSettled<const T extends Branches>(branches: T): Op<SettledOf<T>> {
  const labelled = label("allSettled", branches);
  return op({ kind: "allSettled", isTuple: Array.isArray(branches), branches: labelled });
}

/**
 * The first branch to end, by value or failure. The others are cancelled; nothing waits for them.
 */
export function race<const T extends Branches>(branches: T): Op<RaceOf<T>> {
  const labelled = labelSome("race", branches);
  return op({ kind: "race", isTuple: Array.isArray(branches), branches: labelled });
}

/**
 * The first branch to give a value; the others are cancelled. When all fail: an AggregateError
 * with what each threw.
 */
export function any<const T extends Branches>(branches: T): Op<RaceOf<T>> {
  const labelled = labelSome("any", branches);
  return op({ kind: "any", isTuple: Array.isArray(branches), branches: labelled });
}

export interface MapOptions {
  /** How many items are under way at once. Default: all of them. */
  readonly concurrency?: number;
}

/**
 * One branch for each item, named by the item's index, so that the order in which they end moves no
 * result. The first failure cancels those under way; items that have not begun never do.
 * @throws RaftoralError `invalid-argument`
 */
export function map<T, R>(
  items: readonly T[],
  fn: (item: T, index: number) => Branch<R>,
  options: MapOptions = {},
): Op<R[]> {
  refuseUnknown("map", options, { concurrency: true });
  const { concurrency = Number.POSITIVE_INFINITY } = options;
  const isWhole = Number.isSafeInteger(concurrency) || concurrency === Number.POSITIVE_INFINITY;
  if (!(isWhole && concurrency >= 1)) {
    throw invalidArgument(
      `map's concurrency is a whole number from 1 on, not ${String(concurrency)}`,
    );
  }
  if (!Array.isArray(items) || typeof fn !== "function") {
    throw invalidArgument("map takes an array of items and a function from an item to its branch");
  }
  const branches = Array.from(items, (item, index) => ({
    label: String(index),
    branch: () => begun(fn(item, index)),
  }));
  return op({ kind: "map", isTuple: true, branches, concurrency });
}

/** What a branch function may give is a generator or an effect: one function more is called. */
const begun = <R>(branch: Branch<R>) => (typeof branch === "function" ? branch() : branch);

function labelSome(what: string, branches: Branches): readonly LabelledBranch[] {
  const labelled = label(what, branches);
  if (labelled.length === 0)
    throw invalidArgument(`${what} takes at least one branch: none never ends`);
  return labelled;
}

function label(what: string, branches: Branches): readonly LabelledBranch[] {
  if (typeof branches !== "object" || branches === null) {
    throw invalidArgument(`${what} takes an array or a record of branches`);
  }
  return Object.entries(branches).map(([label, branch]) => ({ label, branch }));
}
