// The effect bodies of one run that were pending when owners were lost, on its present owner: which
// of them may start (rule 21).

import type { Path } from "../../std/ids.ts";
import type { Barrier } from "../interpreter/body.ts";
import { hasEnteredBody } from "../machine/poison.ts";
import type { Run } from "../machine/state.ts";
import type { Suspect } from "./quarantine.ts";
import type { DriverDoors } from "./sleeps.ts";

export class SuspectBodies {
  readonly #run: Run;
  readonly #doors: DriverDoors;
  readonly #suspects = new Map<Path, Suspect>();
  readonly #said = new Set<Path>();

  constructor(run: Run, doors: DriverDoors) {
    this.#run = run;
    this.#doors = doors;
  }

  /** May its next attempt begin now? Else the driver is woken when it is worth to ask again. */
  mayStart(barrier: Barrier): boolean {
    const losses = this.#losses(barrier);
    if (losses === 0) return true;
    const { quarantine, limits } = this.#doors;
    const isAlone = losses + 1 >= limits.maxLosses;
    if (!quarantine.enter(this.#suspect(barrier.effect.path, isAlone))) return false;
    return !isAlone || this.#hasEntered(barrier, losses);
  }

  /** Its attempt came to an end, or it is not asked for any more. */
  leave(path: Path): void {
    const suspect = this.#suspects.get(path);
    if (suspect === undefined) return;
    this.#suspects.delete(path);
    this.#said.delete(path);
    this.#doors.quarantine.leave(suspect);
  }

  keepOnly(barriers: ReadonlyMap<Path, Barrier>): void {
    for (const path of this.#suspects.keys()) if (!barriers.has(path)) this.leave(path);
  }

  leaveAll(): void {
    for (const path of this.#suspects.keys()) this.leave(path);
  }

  /** Owners that were lost while it was pending. */
  #losses({ registeredAt, effect }: Barrier): number {
    const { attempts, lossMarks } = this.#run;
    // An attempt that failed in peace left its process alive: what was before it counts no more.
    const since = attempts.get(effect.path)?.failedAt ?? registeredAt;
    return lossMarks.filter((mark) => mark > since).length;
  }

  #suspect(path: Path, isAlone: boolean): Suspect {
    const known = this.#suspects.get(path);
    if (known !== undefined) return known;
    const suspect = { isAlone, wake: this.#doors.wake };
    this.#suspects.set(path, suspect);
    return suspect;
  }

  /** The group is told before: were the owner lost now, it would be over this one. */
  #hasEntered({ effect }: Barrier, losses: number): boolean {
    const { path, kind, name } = effect;
    if (hasEnteredBody(this.#run, path)) return true;
    const { id: runId, owner, epoch } = this.#run;
    if (owner === undefined || this.#said.has(path)) return false;
    const suspect = { kind: "body", path, title: `${kind} ${name}`, losses } as const;
    const command = { kind: "enter", runId, owner, epoch, suspect } as const;
    if (this.#doors.ports.submit(command) === "accepted") this.#said.add(path);
    return false;
  }
}
