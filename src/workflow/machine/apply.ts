// The machine of a group's runs: one committed command in, the state changed, an answer out.
// I1. Total and deterministic: it depends on state, command and context alone, and throws for no
//     well-formed command; what is late, repeated or unknown is answered, not refused by an error.
// I2. Each command is idempotent by natural ids (rule 25): applied again it changes nothing.
// I3. Work is proportional to the command and to the runs that it moves, never to all runs.
// Commands to come have their own files: seal (26).

import { unreachable } from "../../std/assert.ts";
import { takeBatches } from "./batch.ts";
import { closeChild, startChild } from "./child.ts";
import type { Applied, Command, CommandContext } from "./command.ts";
import { expire } from "./expire.ts";
import { announce, assignOwners } from "./members.ts";
import { claim, move, park, resume, terminate, unfit } from "./parking.ts";
import { enter, leave } from "./poison.ts";
import { purge } from "./purge.ts";
import { reset } from "./reset.ts";
import { cancel, signal } from "./signal.ts";
import { start } from "./start.ts";
import type { MachineState } from "./state.ts";
import { keepForView } from "./view.ts";

export function apply(state: MachineState, command: Command, context: CommandContext): Applied {
  // Leaders' clocks differ; the maximum keeps `now` from running backwards (rule 6).
  state.timeMs = Math.max(state.timeMs, context.stampMs);
  keepForView(state, command);
  switch (command.kind) {
    case "start":
      return start(state, command, context);
    case "start-child":
      return startChild(state, command, context);
    case "close-child":
      return closeChild(state, command, context);
    case "signal":
      return signal(state, command, context);
    case "cancel":
      return cancel(state, command, context);
    case "batches":
      return takeBatches(state, command, context);
    case "announce":
      return announce(state, command, context);
    case "assign-owners":
      return assignOwners(state, command, context);
    case "claim":
      return claim(state, command, context);
    case "enter":
      return enter(state, command, context);
    case "leave":
      return leave(state, command);
    case "park":
      return park(state, command, context);
    case "unfit":
      return unfit(state, command, context);
    case "resume":
      return resume(state, command, context);
    case "reset":
      return reset(state, command, context);
    case "terminate":
      return terminate(state, command, context);
    case "expire":
      return expire(state, command, context);
    case "move":
      return move(state, command, context);
    case "purge":
      return purge(state, command);
    default:
      return unreachable(command);
  }
}
