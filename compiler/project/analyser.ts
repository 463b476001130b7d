import { RaftoralError } from "../../src/errors.ts";
import type { Analysed, Analyser, AnalysisRequest } from "./analysed.ts";

/** The real analysis. */
export const analyser: Analyser = async (request) => analysedNow(request);

/** Not part of this version: says so by a stable code. */
export function analysedNow(_request: AnalysisRequest): Analysed {
  throw new RaftoralError(
    "lint-not-available",
    "the determinism linter's analysis arrives with a later version of raftoral; " +
      "until then a workflow that is not deterministic is caught when it is replayed",
  );
}
