import type { Analyser } from "./analysed.ts";

/** The real analysis. The compiler behind it is loaded at the first call, not before. */
export const lazyAnalyser: Analyser = async (request) => {
  const { analyser } = await import("./analyser.ts");
  return analyser(request);
};
