// What a run does after inputs that its owner was lost over, on its present owner (rule 21): one
// suspect at a time on a process, or one poison would park its neighbours.

import type { Epoch } from "../../std/ids.ts";
import type { ProcessId } from "../dsl/record.ts";
import type { Batch } from "../machine/command.ts";
import { enteredUpTo } from "../machine/poison.ts";
import type { Run } from "../machine/state.ts";
import type { Suspect } from "./quarantine.ts";
import type { DriverDoors } from "./sleeps.ts";

export class SuspectInputs {
  readonly #run: Run;
  readonly #doors: DriverDoors;
  readonly #suspect: Suspect;
  #isSaid = false;

  constructor(run: Run, doors: DriverDoors) {
    this.#run = run;
    this.#doors = doors;
    this.#suspect = { isAlone: true, wake: doors.wake };
  }

  get isSuspect(): boolean {
    return this.#run.suspectUpTo !== undefined;
  }

  /** Of a suspect no input is fed that the group was not told of before. */
  get feedUpTo(): number {
    return this.isSuspect ? enteredUpTo(this.#run) : Number.POSITIVE_INFINITY;
  }

  /** Says, when it is its turn, that all that it is a suspect for is fed next (decision 9). */
  enter(owner: ProcessId, epoch: Epoch): void {
    const { id: runId, suspectUpTo: upTo } = this.#run;
    if (upTo === undefined || this.#isSaid || this.feedUpTo >= upTo) return;
    if (!this.#doors.quarantine.enter(this.#suspect)) return;
    const suspect = { kind: "inputs", upTo } as const;
    const command = { kind: "enter", runId, owner, epoch, suspect } as const;
    if (this.#doors.ports.submit(command) === "accepted") this.#isSaid = true;
  }

  /**
   * It has come to rest beyond all of that, and these batches say so. They are in the log before
   * the next one's Enter, so nobody waits for the group to take them: a suspect costs one round.
   */
  makeWay(batches: readonly Batch[]): void {
    const { suspectUpTo } = this.#run;
    if (suspectUpTo === undefined) return;
    const isBehind = batches.some(({ through }) => through >= suspectUpTo);
    if (isBehind) this.#doors.quarantine.makeWay(this.#suspect);
  }

  leave(): void {
    this.#doors.quarantine.leave(this.#suspect);
  }

  /** Of an epoch that is over. */
  forget(): void {
    this.#isSaid = false;
  }
}
