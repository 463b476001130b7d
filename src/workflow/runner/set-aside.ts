// What the group is told of a run whose body cannot go on here: once in each epoch.

import type { Epoch } from "../../std/ids.ts";
import type { Divergence, ProcessId } from "../dsl/record.ts";
import type { Park, ParkReason, Unfit } from "../machine/command.ts";
import type { Run } from "../machine/state.ts";
import type { RunnerPorts } from "./port.ts";

export class SetAside {
  readonly #run: Run;
  readonly #submit: RunnerPorts["submit"];
  #saidIn: Epoch | undefined;

  constructor(run: Run, submit: RunnerPorts["submit"]) {
    this.#run = run;
    this.#submit = submit;
  }

  get isSaid(): boolean {
    return this.#saidIn === this.#run.epoch;
  }

  /** By its owner. False: it is said already, or is refused by now and said again later. */
  park(reason: ParkReason, divergence: Divergence): boolean {
    const { epoch, id: runId } = this.#run;
    return this.#say({ kind: "park", runId, epoch, reason, divergence });
  }

  /** By a standby; likewise. */
  passOver(member: ProcessId, divergence: Divergence): boolean {
    return this.#say({ kind: "unfit", runId: this.#run.id, member, divergence });
  }

  #say(command: Park | Unfit): boolean {
    if (this.isSaid || this.#submit(command) !== "accepted") return false;
    this.#saidIn = this.#run.epoch;
    return true;
  }
}
