// What an owner says of its run's end: sealed, since it is recorded.

import type { AnyWorkflow } from "../dsl/define.ts";
import type { Outcome, Value } from "../dsl/record.ts";
import { acceptedNow } from "../dsl/schema.ts";
import type { ValueCodec } from "../dsl/value-codec.ts";
import type { Body } from "../interpreter/body.ts";
import type { BatchItem } from "../machine/command.ts";

/**
 * The next run's input is taken by its schema as any start's: or this one fails by it.
 * @throws RaftoralError `codec-failed`
 */
export function finishOf(
  body: Pick<Body, "finishedAs" | "consumed">,
  outcome: Outcome,
  { workflow, codec }: { readonly workflow: AnyWorkflow | undefined; readonly codec: ValueCodec },
): BatchItem {
  const as = body.finishedAs;
  if (as === undefined) return { kind: "finish", outcome: sealed(outcome, codec) };
  if (as.kind === "cancelled") return { kind: "finish", outcome: sealed(outcome, codec), as };
  const next = sealed(nextInput(as.input, workflow, codec), codec);
  if (!next.ok) return { kind: "finish", outcome: next };
  return { kind: "finish", outcome, as: { ...as, input: next.value, consumed: body.consumed } };
}

/** Packed: what is recorded for what `continueAsNew` was given, or why its schema refused it. */
export function nextInput(
  given: Value,
  workflow: AnyWorkflow | undefined,
  codec: ValueCodec,
): Outcome {
  if (workflow?.input === undefined) return { ok: true, value: given };
  const { name, input } = workflow;
  try {
    return { ok: true, value: codec.pack(acceptedNow(input, codec.unpack(given), name)) };
  } catch (error) {
    return { ok: false, failure: codec.packError(error) };
  }
}

const sealed = (outcome: Outcome, codec: ValueCodec): Outcome =>
  outcome.ok
    ? { ok: true, value: codec.seal(outcome.value) }
    : { ok: false, failure: codec.sealError(outcome.failure) };
