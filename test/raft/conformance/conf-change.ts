// confchange/: one configuration, changed by each command that can change it.

import {
  type Changed,
  type ChangeError,
  enterJoint,
  leaveJoint,
  simple,
} from "../../../src/raft/conf-change.ts";
import { Inflights } from "../../../src/raft/inflights.ts";
import { EMPTY_CONFIG } from "../../../src/raft/tracker.ts";
import { index } from "../../../src/std/ids.ts";
import type { Result } from "../../../src/std/result.ts";
import { type Command, parseBoolean } from "./datadriven.ts";
import { parseChanges, renderConfig, renderProgressMap } from "./render-state.ts";
import type { Room } from "./run.ts";

const MAX_INFLIGHT = 10;

export function createConfChangeRoom(): Room {
  let present: Changed = { config: EMPTY_CONFIG, progress: new Map() };
  // Grows with each command, so that `next` of a newcomer tells when it came.
  let lastIndex = 0;
  return {
    run(command) {
      const changed = change(command, present, lastIndex++);
      if (!changed.ok) return `${changed.error}\n`;
      present = changed.value;
      return `${renderConfig(present.config)}\n${renderProgressMap(present.progress)}`;
    },
  };
}

function change(
  command: Command,
  present: Changed,
  lastIndex: number,
): Result<Changed, ChangeError> {
  const context = {
    ...present,
    lastIndex: index(lastIndex),
    newInflights: () => new Inflights(MAX_INFLIGHT, Number.POSITIVE_INFINITY),
  };
  const changes = parseChanges(command.input);
  switch (command.name) {
    case "simple":
      return simple(context, changes);
    case "enter-joint": {
      const flag = command.args.find(({ key }) => key === "autoleave")?.values[0];
      return enterJoint(context, flag !== undefined && parseBoolean(flag), changes);
    }
    case "leave-joint":
      return leaveJoint(context);
    default:
      throw new Error(`unknown command ${command.name}`);
  }
}
