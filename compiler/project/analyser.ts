import { analyse } from "../analysis/analyse.ts";
import type { Analysed, Analyser, AnalysisRequest } from "./analysed.ts";

/** The real analysis. */
export const analyser: Analyser = async (request) => analysedNow(request);

/** The compiler is synchronous, and so is an editor's plugin. */
export const analysedNow = (request: AnalysisRequest): Analysed => analyse(request);
