import { RaftoralError } from "../errors.ts";

/** The value of a flag that takes JSON; undefined where it was not given. */
export function jsonOf(flag: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `${flag} is not JSON: ${text.slice(0, 80)}`;
    throw new RaftoralError("invalid-argument", message, { cause });
  }
}
