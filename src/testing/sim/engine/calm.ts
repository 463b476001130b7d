// What the world is like once the faults are over, and how its nodes are then.

import type { NetworkConditions } from "../../../transport/memory.ts";
import type { Place } from "./place.ts";

export const CALM: NetworkConditions = {
  loss: 0,
  duplication: 0,
  straggling: 0,
  isReordering: false,
  delayMs: [0.1, 0.5],
};

export const isReady = ({ process }: Place): boolean => process?.isReady === true;

/** For people, where it is not what it should be. */
export function statusOf({ process }: Place): object {
  if (process?.running === undefined) return { process: process?.life.state ?? "none" };
  const { counters, ...status } = process.running.face.status();
  const met = Object.entries(counters).filter(([, count]) => count > 0);
  return { ...status, counters: Object.fromEntries(met), isReady: process.isReady };
}
