// When a directory is at rest: a node that has stopped may have a write, or the next step of a
// snapshot, still under way, and whoever has the directory next must not see it change.

import type { Timers } from "../../std/clock.ts";
import type { FinalFileSystem } from "./final-failure.ts";

/** What goes on from one call to the next does so within a turn; the last look is beyond it. */
const IDLE_TURNS = 3;

/** Settles when nothing is under way and nothing follows: for whoever begins nothing new. */
export async function untilQuiet(
  { underWay }: Pick<FinalFileSystem, "underWay">,
  timers: Timers,
): Promise<void> {
  for (let idle = 0; idle < IDLE_TURNS; idle++) {
    if (underWay.size > 0) {
      await Promise.allSettled(underWay);
      idle = 0;
    }
    await new Promise<void>((next) => timers.defer(next));
  }
}
