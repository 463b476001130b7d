// What a run's accepted history says, by itself: the body replayed from nothing, and every leaf
// that it stood at whenever it rested.

import type { Position } from "../../../std/ids.ts";
import type { AnyWorkflow } from "../../../workflow/dsl/define.ts";
import type { EffectIdentity, OtherEnd, Outcome } from "../../../workflow/dsl/record.ts";
import { type Advance, Body } from "../../../workflow/interpreter/body.ts";
import type { Journal } from "../../../workflow/interpreter/journal.ts";
import type { Run } from "../../../workflow/machine/state.ts";
import { createValueCodec } from "../../../workflow/values/codec.ts";

const FUEL = 1_000_000;
const codec = createValueCodec();

export interface Reference {
  readonly outcome: Outcome | undefined;
  readonly as: OtherEnd | undefined;
  /** Ids of the signals that it read, in order. */
  readonly consumed: readonly string[];
  /** Why the replay did not come to an end. */
  readonly trouble: string | undefined;
  /** All leaves that were ever stood at. */
  readonly registered: readonly EffectIdentity[];
}

export function replay(run: Run, workflow: AnyWorkflow): Reference {
  const whole = new Body({ run: workflow.run, journal: run, codec });
  const end = whole.advance("replay", FUEL);
  const registered = registeredOf(run, workflow);
  const { consumed } = whole;
  if (end.kind === "finished") {
    return { outcome: end.outcome, as: end.as, consumed, trouble: undefined, registered };
  }
  return { outcome: undefined, as: undefined, consumed, trouble: inWords(end), registered };
}

/** Feeds one input after the other, as a standby whose owner's `through` moves on. */
function registeredOf(run: Run, workflow: AnyWorkflow): readonly EffectIdentity[] {
  let through: Position = run.inputs[0]?.position ?? run.through;
  const journal: Journal = {
    ...run,
    get through() {
      return through;
    },
  };
  const body = new Body({ run: workflow.run, journal, codec });
  const registered = new Set<EffectIdentity>();
  for (const input of run.inputs) {
    through = input.position;
    body.advance("standby", FUEL);
    for (const { effect } of body.barriers.values()) registered.add(effect);
  }
  return [...registered];
}

function inWords(end: Advance): string {
  return end.kind === "diverged" ? `diverged ${JSON.stringify(end.divergence)}` : end.kind;
}
