// The effect bodies of one run that were pending when owners were lost, on its present owner: which
// of them may start (rule 21).

import type { Path } from "../../std/ids.ts";
import type { Barrier } from "../interpreter/body.ts";
import { hasEnteredBody } from "../machine/poison.ts";
import type { Run } from "../machine/state.ts";
import type { Suspect } from "./quarantine.ts";
import type { DriverDoors } from "./sleeps.ts";

interface Inside {
  readonly suspect: Suspect;
  enter: "unsaid" | "said" | "accepted";
  /** Why it is to be left. */
  gone: "ended" | "dropped" | undefined;
}

export class SuspectBodies {
  readonly #run: Run;
  readonly #doors: DriverDoors;
  readonly #inside = new Map<Path, Inside>();

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
    const inside = this.#of(barrier.effect.path, isAlone);
    if (inside.gone !== undefined || !quarantine.enter(inside.suspect)) return false;
    return !isAlone || this.#hasEntered(barrier, inside, losses);
  }

  /**
   * Its attempt came to an end, or it is not asked for any more. As long as the group takes it for
   * entered, it would be blamed for what is run after it: it is left when the group knows.
   */
  leave(path: Path, gone: "ended" | "dropped"): void {
    const inside = this.#inside.get(path);
    if (inside !== undefined) inside.gone ??= gone;
    this.settle();
  }

  keepOnly(barriers: ReadonlyMap<Path, Barrier>): void {
    if (this.#inside.size === 0) return;
    for (const path of this.#inside.keys()) if (!barriers.has(path)) this.leave(path, "dropped");
  }

  /** What is gone, and not entered by the group's state any more, makes way for the next one. */
  settle(): void {
    for (const [path, inside] of this.#inside) {
      const hasEntered = hasEnteredBody(this.#run, path);
      if (hasEntered) inside.enter = "accepted";
      if (inside.gone === undefined) continue;
      if (hasEntered && inside.gone === "dropped") this.#say(path);
      if (hasEntered || inside.enter === "said") continue;
      this.#inside.delete(path);
      this.#doors.quarantine.leave(inside.suspect);
    }
  }

  /** Of an epoch that is over. */
  forget(): void {
    for (const { suspect } of this.#inside.values()) this.#doors.quarantine.leave(suspect);
    this.#inside.clear();
  }

  /** Owners that were lost while it was pending. */
  #losses({ registeredAt, effect }: Barrier): number {
    const { attempts, lossMarks } = this.#run;
    if (lossMarks.length === 0) return 0;
    // An attempt that failed in peace left its process alive: what was before it counts no more.
    const since = attempts.get(effect.path)?.failedAt ?? registeredAt;
    return lossMarks.filter((mark) => mark > since).length;
  }

  #of(path: Path, isAlone: boolean): Inside {
    const known = this.#inside.get(path);
    if (known !== undefined) return known;
    const suspect = { isAlone, wake: this.#doors.wake };
    const inside: Inside = { suspect, enter: "unsaid", gone: undefined };
    this.#inside.set(path, inside);
    return inside;
  }

  /** The group is told before: were the owner lost now, it would be over this one. */
  #hasEntered({ effect }: Barrier, inside: Inside, losses: number): boolean {
    const { path, kind, name } = effect;
    if (hasEnteredBody(this.#run, path)) return true;
    const { id: runId, owner, epoch } = this.#run;
    if (owner === undefined || inside.enter !== "unsaid") return false;
    const suspect = { kind: "body", path, title: `${kind} ${name}`, losses } as const;
    const command = { kind: "enter", runId, owner, epoch, suspect } as const;
    if (this.#doors.ports.submit(command) === "accepted") inside.enter = "said";
    return false;
  }

  /** Said again at each look until it is applied: harmless. */
  #say(path: Path): void {
    const { id: runId, owner, epoch } = this.#run;
    if (owner !== undefined) this.#doors.ports.submit({ kind: "leave", runId, owner, epoch, path });
  }
}
