// Sees from the engine's thread how long the user's side has taken in nothing.
//
// I1. Silence is counted by this side's own looks: a process that stood still altogether, as one
//     that was stopped and goes on, holds nothing against its other half.

import type { Clock } from "../../std/clock.ts";
import type { MachineState } from "../../workflow/machine/state.ts";
import { BLOCKED_REPORT_MS, whereabouts } from "../activity.ts";
import type { NodeLog } from "../log.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Page } from "./page.ts";

export interface WatchParts {
  readonly clock: Clock;
  readonly log: NodeLog;
  readonly out: Pick<Outgoing<unknown>, "oldestUnseen">;
  readonly page: Pick<Page, "activity">;
  readonly state: MachineState;
  readonly beatMs: number;
  /** Silence of so long is a block: the runs go to others. */
  readonly ownerBlockedLimitMs: number;
}

export class Watch {
  readonly #parts: WatchParts;
  #lookedAtMs: number;
  #oldest: number | undefined;
  #silentMs = 0;
  #isTold = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#lookedAtMs = parts.clock.monotonicMs();
  }

  /** Past the limit. */
  get isBlocked(): boolean {
    return this.#silentMs >= this.#parts.ownerBlockedLimitMs;
  }

  /** At every beat, before the next one is posted. */
  look(): void {
    const { beatMs, clock, out } = this.#parts;
    const nowMs = clock.monotonicMs();
    const sinceMs = Math.min(nowMs - this.#lookedAtMs, 2 * beatMs);
    this.#lookedAtMs = nowMs;
    const oldest = out.oldestUnseen;
    if (oldest === undefined || oldest !== this.#oldest) this.#moved(oldest);
    else this.#silentMs += sinceMs;
    if (this.#silentMs >= BLOCKED_REPORT_MS && !this.#isTold) this.#tell();
  }

  #moved(oldest: number | undefined): void {
    const { log } = this.#parts;
    if (this.#isTold) log.warn("user code has given its event loop back", this.#fields());
    this.#isTold = false;
    this.#oldest = oldest;
    this.#silentMs = 0;
  }

  #tell(): void {
    const { log, page, state } = this.#parts;
    const activity = page.activity();
    if (activity === undefined) return;
    this.#isTold = true;
    const where = whereabouts(activity.what, state);
    const message = activity.isInside
      ? "user code blocks its event loop"
      : "the event loop is blocked, by what follows an await or by what is no workflow's: last was";
    log.warn(message, { ...this.#fields(), ...where });
  }

  #fields(): { readonly blockedMs: number } {
    return { blockedMs: Math.round(this.#silentMs) };
  }
}
