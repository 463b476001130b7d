// What a run that continues as a new one hands over to it.

import type { AnyWorkflow } from "../dsl/define.ts";
import type { Outcome, Value } from "../dsl/record.ts";
import { acceptedNow } from "../dsl/schema.ts";
import type { ValueCodec } from "../dsl/value-codec.ts";

/** What is recorded for what `continueAsNew` was given; a failure where its schema refuses it. */
export function nextInput(
  given: Value,
  workflow: AnyWorkflow | undefined,
  codec: ValueCodec,
): Outcome {
  if (workflow?.input === undefined) return { ok: true, value: given };
  const { name, input } = workflow;
  try {
    return { ok: true, value: codec.encode(acceptedNow(input, codec.decode(given), name)) };
  } catch (error) {
    return { ok: false, failure: codec.encodeError(error) };
  }
}
