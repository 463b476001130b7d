// What a combinator makes of its branches' ends. Who runs when is the scheduler's.

import type { Path } from "../../std/ids.ts";
import { err, ok } from "../../std/result.ts";
import type { Effect } from "../dsl/effect.ts";
import type { Answer, Fiber } from "./fiber.ts";

export type CombineEffect = Extract<
  Effect,
  { kind: "all" | "race" | "allSettled" | "any" | "map" | "shield" | "saga" }
>;

/** A combinator under way. */
export interface Group {
  readonly effect: CombineEffect;
  readonly path: Path;
  readonly parent: Fiber;
  /** Those that have begun, in the order of their branches. */
  readonly members: Fiber[];
  /** What each branch gave; of an `any`, what it threw. */
  readonly values: unknown[];
  /** Branches that must still end before the group does. */
  left: number;
  /** Its parent was answered; what its members still do concerns nobody. */
  isSettled: boolean;
  /** Its parent was cancelled: with what. */
  cancelledBy: Answer | undefined;
  /** Members are cancelled at most once, so that no clean-up is cut off by a second blow. */
  isCancelled: boolean;
}

/** A member ended: the group's own answer, or undefined while it waits for others. */
export function answerOf(group: Group, slot: number, answer: Answer): Answer | undefined {
  switch (group.effect.kind) {
    case "shield":
    case "saga":
      return answer;
    case "race":
      return answer.ok ? ok(winner(group, slot, answer.value)) : answer;
    case "any":
      return answer.ok ? ok(winner(group, slot, answer.value)) : ofAny(group, slot, answer.error);
    case "allSettled":
      return ofSettled(group, slot, answer);
    default:
      return answer.ok ? ofAll(group, slot, answer.value) : answer;
  }
}

function ofAny(group: Group, slot: number, error: unknown): Answer | undefined {
  group.values[slot] = error;
  return --group.left > 0 ? undefined : (group.cancelledBy ?? noneOf(group));
}

function ofSettled(group: Group, slot: number, answer: Answer): Answer | undefined {
  group.values[slot] = answer.ok
    ? { status: "fulfilled", value: answer.value }
    : { status: "rejected", reason: answer.error };
  return --group.left > 0 ? undefined : (group.cancelledBy ?? ok(collected(group)));
}

function ofAll(group: Group, slot: number, value: unknown): Answer | undefined {
  group.values[slot] = value;
  if (--group.left > 0) return;
  return isWhole(group) ? ok(collected(group)) : group.cancelledBy;
}

/** The value of a combinator without branches. */
export const emptyOf = ({ isTuple }: CombineEffect): Answer => ok(isTuple ? [] : {});

/** Has every branch begun? A `map` that was cancelled leaves some out. */
const isWhole = ({ members, values, cancelledBy }: Group): boolean =>
  cancelledBy === undefined || members.length === values.length;

const winner = ({ effect }: Group, slot: number, value: unknown): unknown => ({
  tag: effect.isTuple ? slot : effect.branches[slot]?.label,
  value,
});

function collected({ effect, values }: Group): unknown {
  if (effect.isTuple) return values;
  return Object.fromEntries(effect.branches.map(({ label }, i) => [label, values[i]]));
}

function noneOf({ effect, values }: Group): Answer {
  const why = values.map((error, slot) => {
    const label = effect.branches[slot]?.label;
    return `${label}: ${error instanceof Error ? error.message : String(error)}`;
  });
  return err(new AggregateError(values, `no branch gave a value: ${why.join("; ")}`));
}
