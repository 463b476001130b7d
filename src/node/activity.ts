// What user code was at when its event loop stood still, in words for a log.

import type { Clock } from "../std/clock.ts";
import { type Position, position, type RunId, runId } from "../std/ids.ts";
import type { EffectIdentity } from "../workflow/dsl/record.ts";
import type { MachineState, Run } from "../workflow/machine/state.ts";
import type { Activity } from "../workflow/runner/port.ts";
import type { NodeLog } from "./log.ts";

/** User code that keeps the event loop for so long is reported. */
export const BLOCKED_REPORT_MS = 1_000;

/** As it stands on the page that both threads share. */
export const activityText = (run: RunId, at: Position | EffectIdentity): string =>
  typeof at === "number" ? `${run} ${at}` : `${run} ${effectText(at)}`;

const effectText = ({ path, kind, name }: EffectIdentity): string => `${path} ${kind} ${name}`;

export interface Whereabouts {
  readonly workflowId: string | undefined;
  readonly run: string;
  /** An effect by path, kind and name: in its body, or in the workflow after it. */
  readonly at: string;
}

/** What such a text says, by the state that the run has here. */
export function whereabouts(text: string, state: MachineState): Whereabouts | undefined {
  const [run = "", ...rest] = text.split(" ");
  if (run === "") return;
  const found = state.runs.get(runId(run));
  const at = rest.join(" ");
  const isStretch = rest.length === 1 && /^-?\d+$/.test(at);
  const words = isStretch ? stretchText(position(Number(at)), found?.inputs ?? []) : at;
  return { workflowId: found?.workflowId, run, at: words };
}

/** The first input behind the last rest is what the body goes on from. */
function stretchText(rested: Position, inputs: Run["inputs"]): string {
  const input = inputs.find(({ position: at }) => at > rested);
  if (input === undefined) return `the workflow, after record ${rested}`;
  if (input.kind === "outcome") return `the workflow, after ${effectText(input.effect)}`;
  return `the workflow, after its ${input.kind}`;
}

/** For user code on the engine's own thread: told when it is over. */
export class LateWatch implements Activity {
  readonly #parts: { readonly clock: Clock; readonly log: NodeLog; readonly state: MachineState };
  #inside: { readonly text: string; readonly sinceMs: number } | undefined;

  constructor(parts: {
    readonly clock: Clock;
    readonly log: NodeLog;
    readonly state: MachineState;
  }) {
    this.#parts = parts;
  }

  enter(run: RunId, at: Position | EffectIdentity): void {
    this.leave();
    this.#inside = { text: activityText(run, at), sinceMs: this.#parts.clock.monotonicMs() };
  }

  leave(): void {
    const inside = this.#inside;
    this.#inside = undefined;
    if (inside === undefined) return;
    const blockedMs = Math.round(this.#parts.clock.monotonicMs() - inside.sinceMs);
    if (blockedMs < BLOCKED_REPORT_MS) return;
    const { log, state } = this.#parts;
    log.warn("user code blocked the event loop, and with it this node's engine", {
      ...whereabouts(inside.text, state),
      blockedMs,
    });
  }
}
