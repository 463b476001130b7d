import type { EffectKind } from "../../../workflow/dsl/effect.ts";

/** Every kind of effect: one that is added without being grown into programs does not compile. */
const KINDS: Readonly<Record<EffectKind, true>> = {
  compute: true,
  step: true,
  sleep: true,
  sleepUntil: true,
  receive: true,
  child: true,
  childEnd: true,
  join: true,
  checkpoint: true,
  variable: true,
  set: true,
  patched: true,
  all: true,
  race: true,
  allSettled: true,
  any: true,
  shield: true,
  map: true,
  saga: true,
  spawn: true,
  cancelTask: true,
  fail: true,
  continueAsNew: true,
  now: true,
  random: true,
  uuid: true,
  info: true,
  log: true,
};

/** That a program of some seed asked for the effect, and the ends of tame ones. */
export const EFFECT_MARKS: readonly string[] = [
  ...Object.keys(KINDS).map((kind) => `effect ${kind}`),
  "tame run cancelled",
  "tame run completed",
  "tame run failed",
];
