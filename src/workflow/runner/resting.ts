// What is told of a run that rests (SEMANTICS 20).

import type { Position } from "../../std/ids.ts";
import type { Barrier, Body } from "../interpreter/body.ts";
import { WAITS_MAX, type Wait, waitsText } from "../machine/rest.ts";
import type { Run } from "../machine/state.ts";
import type { Outbox } from "./outbox.ts";

/** Does it wait for nothing but time and signals, and few enough to be told? */
export function isAsleep(
  body: Body,
  run: { readonly children: { readonly size: number } },
): boolean {
  if (body.barriers.size > WAITS_MAX) return false;
  for (const { call, child } of body.barriers.values()) {
    // Their bodies, or the runs that they started, may need something said at any time.
    if (call !== undefined || child !== undefined) return false;
  }
  return run.children.size === 0;
}

export const waitsOf = (body: Body): string =>
  waitsText([...body.barriers.values()].slice(0, WAITS_MAX).map(waitOf));

const waitOf = ({ effect, registeredAt, dueMs }: Barrier): Wait => {
  const { path, kind, name } = effect;
  return { path, kind, name, since: registeredAt, dueMs };
};

/** What its owner told of a run's rests, in its epoch. */
export class RestSpeech {
  readonly #run: Run;
  readonly #outbox: Outbox;
  /** The one that is on its way, or was told. */
  #said: Position | undefined;

  constructor(run: Run, outbox: Outbox) {
    this.#run = run;
    this.#outbox = outbox;
  }

  /** Does it rest where the group does not know it to? Not while more is on its way. */
  isUntold(body: Body): boolean {
    const { rested } = body;
    if (!body.isAtRest || body.finished !== undefined || !this.#outbox.isClean) return false;
    return this.#said !== rested && this.#run.rest?.through !== rested;
  }

  tell(body: Body): void {
    if (!this.isUntold(body)) return;
    this.#said = body.rested;
    const said = { isAsleep: isAsleep(body, this.#run), waits: waitsOf(body) };
    this.#outbox.push({ kind: "rest", ...said });
  }

  forget(): void {
    this.#said = undefined;
  }
}
