// What a test hands over by mistake is told at once, with what belongs there: no type does so in
// JavaScript, nor for what an import left undefined.

import { RaftoralError } from "../errors.ts";
import { checkWorkflow } from "../workflow/dsl/define.ts";
import { isSignal } from "../workflow/dsl/signal.ts";

/** @throws RaftoralError `invalid-argument`, likewise all below */
export function checkStep(value: unknown, of: string): void {
  if (isStep(value)) return;
  throw refused(of, "a step, as step(name, body) gives it", value);
}

export function checkSignal(value: unknown, of: string): void {
  if (isSignal(value)) return;
  throw refused(of, "a signal, as signal(name) gives it", value);
}

export function checkProviders(value: unknown, of: string): void {
  const how = "a list of what provide(…), provideWhen(…) and provideCompute(…) give";
  if (!Array.isArray(value)) throw refused(of, how, value);
  for (const one of value) if (!isProvider(one)) throw refused(of, how, one);
}

export function checkWorkflows(value: unknown, of: string): void {
  if (!Array.isArray(value)) throw refused(of, "a list of workflows", value);
  value.forEach(checkWorkflow);
}

export function checkFunction(value: unknown, of: string): void {
  if (typeof value !== "function") throw refused(of, "a function", value);
}

/** Of words that stand for a thing: a name, a workflow id. */
export function checkWords(value: unknown, of: string): void {
  if (typeof value !== "string" || value === "") throw refused(of, "a name in words", value);
}

export function checkCount(value: unknown, of: string): void {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return;
  throw refused(of, "a whole number from 0", value);
}

export function checkDate(value: unknown, of: string): void {
  if (value === undefined || (value instanceof Date && !Number.isNaN(value.getTime()))) return;
  throw refused(of, "a Date", value);
}

export function checkObject(value: unknown, of: string, what: string): void {
  if (typeof value !== "object" || value === null) throw refused(of, what, value);
}

/** What `provide` and others, or a wait for a step, are given. */
export const isStep = (value: unknown): boolean =>
  typeof value === "function" && typeof Reflect.get(value, "stepName") === "string";

const isProvider = (value: unknown): boolean =>
  isRecord(value) && typeof value["isFor"] === "function" && typeof value["answer"] === "function";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

export const refused = (of: string, what: string, value: unknown): RaftoralError =>
  new RaftoralError("invalid-argument", `${of} takes ${what}: it was given ${given(value)}`);

function given(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  return isRecord(value) ? "another object" : String(value);
}
