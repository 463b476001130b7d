import type { ts } from "ts-morph";
import type { EffectRule, FunctionRule, RuleContext } from "../analysis/facts.ts";
import { closureMutation } from "./closure-mutation.ts";
import { duplicateKey } from "./duplicate-key.ts";
import { finallyEffect } from "./finally-effect.ts";
import { floatingEffect, floatingGenerator } from "./floating-effect.ts";
import { generatorReuse } from "./generator-reuse.ts";
import { nestedEffect } from "./nested-effect.ts";
import { bodyTypes, nonSerializable } from "./non-serializable.ts";
import { plainYield } from "./plain-yield.ts";
import { swallow } from "./swallow.ts";
import { unboundedLoop } from "./unbounded-loop.ts";

/** The rules that look at calls, by what is called. */
export const EFFECT_RULES: Readonly<
  Record<"effect" | "body" | "generatorCall", readonly EffectRule[]>
> = {
  effect: [floatingEffect, nestedEffect, closureMutation, nonSerializable],
  /** A step that is defined, not called. */
  body: [nestedEffect, closureMutation],
  generatorCall: [floatingGenerator],
};

export const FUNCTION_RULES: readonly FunctionRule[] = [
  swallow,
  finallyEffect,
  unboundedLoop,
  duplicateKey,
  generatorReuse,
  bodyTypes,
];

export const GENERATOR_RULES: readonly ((
  node: ts.YieldExpression,
  context: RuleContext,
) => void)[] = [plainYield];
