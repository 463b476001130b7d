import { RaftoralError } from "../../errors.ts";

const unitsMs = {
  ms: 1,
  milliseconds: 1,
  s: 1_000,
  seconds: 1_000,
  m: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  days: 86_400_000,
} as const;

type Unit =
  | "ms"
  | "millisecond"
  | "milliseconds"
  | "s"
  | "second"
  | "seconds"
  | "m"
  | "minute"
  | "minutes"
  | "h"
  | "hour"
  | "hours"
  | "d"
  | "day"
  | "days";

/** `250` (milliseconds), `"250ms"`, `"1 day"`, `{ hours: 1, minutes: 30 }`. Never negative. */
export type Duration =
  | number
  | `${number}${Unit}`
  | `${number} ${Unit}`
  | {
      readonly days?: number;
      readonly hours?: number;
      readonly minutes?: number;
      readonly seconds?: number;
      readonly milliseconds?: number;
    };

/**
 * A duration in whole milliseconds, rounded up.
 * @throws RaftoralError `invalid-argument` for what is no duration, negative or not finite.
 */
export function durationMs(duration: Duration): number {
  const ms = Math.ceil(parse(duration));
  if (!(Number.isSafeInteger(ms) && ms >= 0)) throw bad(duration);
  return ms;
}

function parse(duration: Duration): number {
  if (typeof duration === "number") return duration;
  if (typeof duration === "string") return parseText(duration);
  if (!isRecord(duration)) return Number.NaN;
  let sum = 0;
  for (const [unit, amount] of Object.entries(duration)) {
    if (amount === undefined) continue;
    sum += typeof amount === "number" ? amount * unitMs(unit) : Number.NaN;
  }
  return sum;
}

function parseText(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/.exec(text);
  if (match === null) return Number.NaN;
  return Number(match[1]) * unitMs(match[2] ?? "");
}

function unitMs(unit: string): number {
  const plural = unit.length > 2 && !unit.endsWith("s") ? `${unit}s` : unit;
  const found = Object.entries(unitsMs).find(([name]) => name === plural);
  return found === undefined ? Number.NaN : found[1];
}

/** A Date, an array or a promise has no units either, and would pass for no time at all. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === "[object Object]";
}

function bad(duration: unknown): RaftoralError {
  return new RaftoralError(
    "invalid-argument",
    `${shown(duration)} is not a duration: ` +
      'write 250 (milliseconds), "250ms", "1 day" or { hours: 1 }',
  );
}

function shown(duration: unknown): string {
  if (typeof duration === "string") return `"${duration}"`;
  if (typeof duration !== "object" || duration === null) return String(duration);
  if (!isRecord(duration)) return "an object without units";
  const amounts = Object.entries(duration).map(
    ([unit, amount]) => `${unit}: ${typeof amount === "number" ? amount : typeof amount}`,
  );
  return `{ ${amounts.join(", ")} }`;
}
