import { RaftoralError } from "../errors.ts";

/** The value of a flag that takes JSON; undefined where it was not given. */
export function jsonOf(flag: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const shown = text.trim() === "" ? `"${text}", which is empty` : text.slice(0, 80);
    const message = `${flag} is not JSON: ${shown}; a text is written '"so"'`;
    throw new RaftoralError("invalid-argument", message, { cause });
  }
}
