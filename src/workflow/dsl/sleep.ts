import { type Duration, durationMs } from "./duration.ts";
import { type Op, op } from "./effect.ts";

/** A durable timer: it outlives its owner. @throws RaftoralError `invalid-argument` */
export const sleep = (duration: Duration): Op<void> =>
  op({ kind: "sleep", durationMs: durationMs(duration) });
