// The way past what a test is not about: providers answer, timers elapse.

import type { Barrier } from "../../workflow/interpreter/body.ts";
import { words } from "../../workflow/interpreter/divergence.ts";
import { checkProviders } from "../arguments.ts";
import { type WaitedFor, waitingFor } from "../engine/waiting-for.ts";
import { isHanging, type Provider, providerFor } from "../provide.ts";
import { Described } from "../report.ts";
import { callControl, failOnce, sleepControl } from "./control.ts";
import { currentOf, currentText } from "./current.ts";
import type { Stepper } from "./stepper.ts";

/** Effects that are answered before it gives up. */
const ANSWERS_MAX = 10_000;

/** To where the workflow waits for this. */
export function runUntil(
  stepper: Stepper,
  what: WaitedFor,
  providers: readonly Provider[],
): Barrier {
  const place = waitingFor(what);
  const found = runAhead(stepper, providers, (one) => place.isAt(one, stepper.codec.hash));
  if (found !== undefined) return found;
  return stepper.fail({
    message: `the workflow ended before it waited for ${place.words}`,
    actual: new Described(currentText(currentOf(stepper))),
  });
}

/** Answers until a barrier is the one looked for, or the end. */
export function runAhead(
  stepper: Stepper,
  providers: readonly Provider[],
  isIt: (barrier: Barrier) => boolean,
): Barrier | undefined {
  checkProviders(providers, "runUntil and runToEnd: providers");
  for (let answers = 0; answers < ANSWERS_MAX; answers++) {
    const waiting = stepper.barriers;
    const found = waiting.find(isIt);
    if (found !== undefined || stepper.outcome !== undefined) return found;
    if (!waiting.some((barrier) => answer(stepper, barrier, providers))) {
      return stepper.fail({
        message: "no provider answers what the workflow waits at",
        actual: new Described(waiting.map(({ effect }) => words(effect)).join(", ")),
        hint: "provide(step, …); or answer a signal or child before: .signal(), .expectChild()",
      });
    }
  }
  return stepper.fail({ message: `the workflow went on after ${ANSWERS_MAX} answers` });
}

/** False: nobody provides for it. */
function answer(stepper: Stepper, barrier: Barrier, providers: readonly Provider[]): boolean {
  const { effect, call } = barrier;
  if (effect.kind === "sleep") {
    sleepControl(stepper, barrier).elapse();
    return true;
  }
  const provider = providerFor(providers, effect, call?.input);
  if (provider === undefined) return false;
  let value: unknown;
  try {
    const idempotencyKey = `${stepper.journal.workflowId} ${effect.path}`;
    const attempt = stepper.failures(effect.path) + 1;
    value = provider.answer(call?.input, { attempt, idempotencyKey });
  } catch (error) {
    failOnce(stepper, barrier, error);
    return true;
  }
  if (value instanceof Promise && !isHanging(value)) {
    value.catch(() => {});
    stepper.fail({
      message: `the provider of ${words(effect)} gave a promise`,
      hint: "here nothing is waited for: give the value itself, or use a TestEngine",
    });
  }
  if (isHanging(value)) callControl(stepper, barrier).timeOut();
  else stepper.resolve(effect, value);
  return true;
}
