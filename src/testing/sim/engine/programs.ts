// What the engine profile's clients start.

import { type Workflow, workflow } from "../../../workflow/dsl/define.ts";
import { sleep } from "../../../workflow/dsl/sleep.ts";
import { effects } from "../../../workflow/dsl/step.ts";
import { variable } from "../../../workflow/dsl/write-behind.ts";
import type { EffectWorld } from "../workflow/effect-world.ts";

const { step } = effects<EffectWorld>();

const carryOut = step("carry out", (_nth: number, fx) => fx.deps.execute(fx), {
  retry: { attempts: Number.POSITIVE_INFINITY, backoff: 20, maxBackoff: 100, jitter: 0 },
});

/**
 * As most workflows are: one effect after the other, each tried until it succeeds. So every effect
 * that the world carried out is one that the group committed, and the other way round.
 */
export const steady: Workflow<number, readonly number[]> = workflow({
  name: "steady",
  run: function* (effectCount: number) {
    const done = yield* variable("done", 0);
    const answers: number[] = [];
    for (let nth = 0; nth < effectCount; nth++) {
      answers.push(yield* carryOut(nth));
      yield* done.update((count) => count + 1);
      if (nth % 3 === 2) yield* sleep(100);
    }
    return answers;
  },
});
