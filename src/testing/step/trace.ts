// What happened in a stepped run, as lines of JSON: for reading, and for snapshots. The same
// workflow with the same answers gives the same lines on every machine.

import type { EffectIdentity, WriteRecord } from "../../workflow/dsl/record.ts";
import type { ValueCodec } from "../../workflow/dsl/value-codec.ts";
import { fieldsOf, valueForm } from "../../workflow/history/value-form.ts";
import { shown } from "../report.ts";

export interface TraceLine {
  readonly event:
    | "started"
    | "asked"
    | "answered"
    | "failed"
    | "retried"
    | "wrote"
    | "signalled"
    | "cancelled"
    | "continued"
    | "ended";
  /** Where the effect stands in the body and its branches. Absent for the run itself. */
  readonly path?: string;
  readonly kind?: string;
  readonly name?: string;
  /** The input of what started or was asked, or the value that was answered or written. */
  readonly value?: unknown;
  /** `Name: message` of what was thrown. */
  readonly error?: string;
}

export function effectLine(
  event: TraceLine["event"],
  { path, kind, name }: EffectIdentity | WriteRecord,
  what: Pick<TraceLine, "value" | "error"> = {},
): TraceLine {
  return { event, path, kind, ...(name === "" ? {} : { name }), ...what };
}

/** One line for people. */
export function traceText({ event, path, kind, name, value, error }: TraceLine): string {
  const effect = [kind, name].filter((part) => part !== undefined).join(" ");
  const what = error ?? (value === undefined ? "" : shown(value));
  return [event.padEnd(9), (path ?? "").padEnd(6), effect, what].join(" ").trimEnd();
}

/** `was answered with 5`. */
export const traceWords = ({ error, value }: TraceLine): string =>
  error === undefined ? `was answered with ${shown(value)}` : `failed by ${error}`;

/** Plain JSON as it is; dates, maps and their like in the form that histories have. */
export function jsonLine(line: TraceLine, codec: ValueCodec): TraceLine {
  if (line.value === undefined) return line;
  const form = fieldsOf(valueForm(codec.encode(line.value), false));
  return { ...line, value: "json" in form ? form["json"] : form };
}
