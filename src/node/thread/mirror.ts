// The engine's machine once more, on the user's side: what a runner reads must not change under it.

import type { StateIntake } from "../../replica/port.ts";
import { assert } from "../../std/assert.ts";
import type { GroupEvent, GroupMachine } from "../group-machine.ts";
import { readFeed } from "./feed-codec.ts";

export class Mirror {
  readonly #machine: GroupMachine;
  #intake: StateIntake | undefined;

  constructor(machine: GroupMachine) {
    this.#machine = machine;
  }

  /** What one turn of the engine applied; the events of it. */
  apply(entries: Uint8Array): readonly GroupEvent[] {
    const events: GroupEvent[] = [];
    readFeed(entries, (command, context) => {
      for (const event of this.#machine.apply(command, context).events) events.push(event);
    });
    return events;
  }

  /** True: the state is another one now. */
  base(place: "first" | "next" | "last", piece: Uint8Array | undefined): boolean {
    if (place === "first") this.#intake = this.#machine.thaw();
    assert(this.#intake !== undefined, "a base begins with its first piece");
    if (piece !== undefined) this.#intake.add(piece);
    if (place !== "last") return false;
    this.#intake.finish();
    this.#intake = undefined;
    return true;
  }
}
