// Runs that rest and wait for nothing but time or a signal, without generator, effects or timers of
// their own: what is left of each on this process is when to look at it again (rule 20). Whatever
// happens to one makes it warm: its body is then rebuilt from its journal.

import type { Timer } from "../../std/clock.ts";
import type { RunId } from "../../std/ids.ts";
import type { Run } from "../machine/state.ts";
import type { RunnerPorts } from "./port.ts";
import { TIMER_MAX_MS } from "./sleeps.ts";

/** What a run was when it was given up: as long as it is that, nothing is owed to it. */
interface Cold {
  readonly timer: Timer | undefined;
  readonly next: number;
  readonly through: number;
  readonly epoch: number;
  readonly status: Run["status"];
}

export class ColdRuns {
  readonly #ports: Pick<RunnerPorts, "clock" | "timers">;
  readonly #onDue: (runId: RunId) => void;
  readonly #runs = new Map<RunId, Cold>();

  constructor(ports: Pick<RunnerPorts, "clock" | "timers">, onDue: (runId: RunId) => void) {
    this.#ports = ports;
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#runs.size;
  }

  /** `dueMs`: when the first of its timers is due, where this process owns it. */
  add(run: Run, dueMs: number | undefined): void {
    const { epoch, next, status, through } = run;
    this.forget(run.id);
    this.#runs.set(run.id, { epoch, next, status, through, timer: this.#timer(run.id, dueMs) });
  }

  /** It is cold, and nothing has happened to it since. */
  isUntouched(run: Run): boolean {
    const cold = this.#runs.get(run.id);
    if (cold === undefined) return false;
    const { epoch, next, status, through } = run;
    const isSame = cold.epoch === epoch && cold.next === next && cold.through === through;
    return isSame && cold.status === status;
  }

  forget(runId: RunId): void {
    this.#runs.get(runId)?.timer?.cancel();
    this.#runs.delete(runId);
  }

  stop(): void {
    for (const { timer } of this.#runs.values()) timer?.cancel();
    this.#runs.clear();
  }

  #timer(runId: RunId, dueMs: number | undefined): Timer | undefined {
    if (dueMs === undefined) return;
    const leftMs = Math.max(0, dueMs - this.#ports.clock.wallMs());
    return this.#ports.timers.set(Math.min(leftMs, TIMER_MAX_MS), () => this.#onDue(runId));
  }
}
