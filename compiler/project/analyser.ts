import { RaftoralError } from "../../src/errors.ts";
import type { Analyser } from "./analysed.ts";

/** The analysis behind the interface is not part of this version: says so by a stable code. */
export const analyser: Analyser = async () => {
  throw new RaftoralError(
    "lint-not-available",
    "the determinism linter's analysis arrives with a later version of raftoral; " +
      "until then a workflow that is not deterministic is caught when it is replayed",
  );
};
