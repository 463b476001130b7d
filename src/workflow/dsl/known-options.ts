import { invalidArgument } from "../../errors.ts";

/** Of an options type T: its every option, so that a new one cannot be forgotten here. */
export type Known<T> = Readonly<Record<keyof T, true>>;

/**
 * An option that nobody reads is a promise that nobody keeps: with `datadir` for `dataDir` a node
 * would run in memory, and say nothing.
 * @throws RaftoralError `invalid-argument`
 */
export function refuseUnknown(what: string, given: unknown, known: Readonly<object>): void {
  if (typeof given !== "object" || given === null)
    throw invalidArgument(`${what} takes its options by name`);
  for (const [option, value] of Object.entries(given)) {
    if (value === undefined || Object.hasOwn(known, option)) continue;
    throw invalidArgument(
      `${what} has no option "${option}"; it has ${Object.keys(known).sort().join(", ")}`,
    );
  }
}
