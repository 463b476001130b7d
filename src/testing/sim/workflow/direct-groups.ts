// What `all`, `race` and their like give, said once more for the simulator's own interpreter.

import type { Effect } from "../../../workflow/dsl/effect.ts";

export type Ending =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

export const value = (value: unknown): Ending => ({ ok: true, value });
export const thrown = (error: unknown): Ending => ({ ok: false, error });

export type GroupEffect = Extract<
  Effect,
  { kind: "all" | "race" | "allSettled" | "any" | "map" | "shield" | "saga" }
>;

export interface Collecting {
  readonly effect: GroupEffect;
  readonly values: unknown[];
  /** Branches that must still end. */
  left: number;
  /** The cancellation that reached it. */
  struckBy: Ending | undefined;
}

export interface BranchEnd {
  readonly slot: number;
  readonly ending: Ending;
  /** How many branches have begun. */
  readonly begun: number;
}

/** Undefined: others must end first. */
export function groupEnding(group: Collecting, branch: BranchEnd): Ending | undefined {
  const { effect } = group;
  const { ending, slot } = branch;
  switch (effect.kind) {
    case "shield":
    case "saga":
      return ending;
    case "race":
      return ending.ok ? winner(effect, slot, ending.value) : ending;
    case "any":
      if (ending.ok) return winner(effect, slot, ending.value);
      return isLast(group, slot, ending.error) ? (group.struckBy ?? noneGave(group)) : undefined;
    case "allSettled":
      return isLast(group, slot, settled(ending))
        ? (group.struckBy ?? collected(group))
        : undefined;
    default:
      return ending.ok ? ofAll(group, branch, ending.value) : ending;
  }
}

function ofAll(group: Collecting, { slot, begun }: BranchEnd, given: unknown): Ending | undefined {
  if (!isLast(group, slot, given)) return;
  // All that had begun came to their end although they were cancelled.
  const isCut = group.struckBy !== undefined && begun < group.values.length;
  return isCut ? group.struckBy : collected(group);
}

function isLast(group: Collecting, slot: number, kept: unknown): boolean {
  group.values[slot] = kept;
  group.left--;
  return group.left <= 0;
}

const settled = (ending: Ending): unknown =>
  ending.ok
    ? { status: "fulfilled", value: ending.value }
    : { status: "rejected", reason: ending.error };

const labelOf = (effect: GroupEffect, slot: number): string =>
  effect.branches[slot]?.label ?? String(slot);

const winner = (effect: GroupEffect, slot: number, given: unknown): Ending =>
  value({ tag: effect.isTuple ? slot : labelOf(effect, slot), value: given });

function collected({ effect, values }: Collecting): Ending {
  if (effect.isTuple) return value(values);
  return value(Object.fromEntries(values.map((each, slot) => [labelOf(effect, slot), each])));
}

function noneGave({ effect, values }: Collecting): Ending {
  const lines = values.map((error, slot) => {
    return `${labelOf(effect, slot)}: ${error instanceof Error ? error.message : String(error)}`;
  });
  return thrown(new AggregateError(values, `no branch gave a value: ${lines.join("; ")}`));
}
