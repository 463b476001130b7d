// What is sent to tame runs: each name's signals one after the other, the next one when the last
// one was accepted; a cancellation once the run says that it waits for that alone.

import type { Run } from "../../../workflow/machine/state.ts";
import { createValueCodec } from "../../../workflow/values/codec.ts";
import { WAITING } from "./locals.ts";
import { STOP, sentValue } from "./scripted.ts";

const codec = createValueCodec();

export type Sent =
  | { readonly kind: "cancel"; readonly id: string; readonly reason: string }
  | { readonly kind: "signal"; readonly id: string; readonly name: string; readonly holds: number };

export class Sender {
  /** By workflow id and name: how many were accepted. */
  readonly #accepted = new Map<string, number>();

  next(run: Run, signal: number): Sent {
    const { workflowId } = run;
    const waiting = run.variables.get(WAITING);
    if (waiting !== undefined && codec.decode(waiting) === 1 && !run.isCancelled) {
      return { kind: "cancel", id: `cancel ${run.id}`, reason: STOP };
    }
    const key = `${workflowId} ${signal}`;
    let nth = this.#accepted.get(key) ?? 0;
    if (run.signalIds.has(idOf(key, nth))) this.#accepted.set(key, ++nth);
    const holds = sentValue(signal, nth);
    return { kind: "signal", id: idOf(key, nth), name: `s${signal}`, holds };
  }
}

const idOf = (key: string, nth: number): string => `${key} ${nth}`;
