import { RaftoralError } from "../../errors.ts";

/** What is whole and of another build is no damage: it is neither mended nor set aside. */
export function otherFormat(what: string, format: number, known: number): RaftoralError {
  return new RaftoralError(
    "version-mismatch",
    `${what} is of format ${format}, and this build knows ${known}: start the build that wrote ` +
      "it. Nothing was changed",
  );
}
