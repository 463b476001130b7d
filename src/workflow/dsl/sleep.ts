import { RaftoralError } from "../../errors.ts";
import { type Duration, durationMs } from "./duration.ts";
import { type Op, op } from "./effect.ts";

/** A durable timer: it outlives its owner. @throws RaftoralError `invalid-argument` */
export const sleep = (duration: Duration): Op<void> =>
  op({ kind: "sleep", durationMs: durationMs(duration) });

/** A durable timer until a moment of log time; one that has passed is over at once. */
export function sleepUntil(date: Date): Op<void> {
  const untilMs = date instanceof Date ? date.getTime() : Number.NaN;
  if (!Number.isFinite(untilMs)) {
    throw new RaftoralError("invalid-argument", "sleepUntil takes a Date that is one");
  }
  return op({ kind: "sleepUntil", untilMs });
}
