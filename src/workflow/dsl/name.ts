import { RaftoralError } from "../../errors.ts";

/** Names stand in every record of their effect, and in every report. */
const NAME_CHARACTERS_MAX = 200;

/** A user's name for `what`. @throws RaftoralError `invalid-argument` */
export function checkName(name: unknown, what: string): asserts name is string {
  if (typeof name !== "string" || name.length === 0 || name.length > NAME_CHARACTERS_MAX) {
    const shown = typeof name === "string" ? `"${name.slice(0, 40)}"` : typeof name;
    throw new RaftoralError(
      "invalid-argument",
      `the name of a ${what} is a text of 1 to ${NAME_CHARACTERS_MAX} characters, not ${shown}`,
    );
  }
}
