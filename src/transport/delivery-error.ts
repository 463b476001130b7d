import { RaftoralError } from "../errors.ts";
import type { DeliveryFailure } from "./port.ts";

/** What a caller gets whose request was not delivered, or not answered. */
export function deliveryError(why: DeliveryFailure, to: string): RaftoralError {
  switch (why) {
    case "no-responders":
      return new RaftoralError("no-responders", `nobody listens as ${to}`, { retryable: true });
    case "timed-out":
      return new RaftoralError("timed-out", `${to} did not answer in time`, { retryable: true });
    case "too-large":
      return new RaftoralError("payload-too-large", `too large a body for ${to}`);
    case "closed":
      return new RaftoralError("node-stopped", `stopped before ${to} answered`);
  }
}
