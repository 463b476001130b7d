import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ts } from "ts-morph";
import { analyse } from "../analyse.ts";
import type { Allow } from "../report/allows.ts";
import { allowComments } from "./allow-comments.ts";
import type { Analysed, Analyser, AnalysisRequest } from "./analysed.ts";

/** The real analysis: loads the compiler with this module. */
export const analyser: Analyser = async (request) => analysedNow(request);

/** The same without a promise, for a host that cannot wait. */
export function analysedNow(request: AnalysisRequest): Analysed {
  const analysis = analyse(request);
  const directory = dirname(request.project);
  return {
    analysis,
    allows: analysis.files.flatMap((file) => allowsIn(directory, file)),
    configFiles: configFilesOf(request.project),
  };
}

function allowsIn(directory: string, file: string): readonly Allow[] {
  try {
    return allowComments(file, readFileSync(join(directory, file), "utf8"));
  } catch {
    // Read by the analysis and gone since: it says nothing any more.
    return [];
  }
}

/** A tsconfig.json, what it extends and what it refers to, each once. */
function configFilesOf(project: string): readonly string[] {
  const found = new Set<string>();
  const waiting = [project];
  for (const file of waiting) {
    if (found.has(file)) continue;
    found.add(file);
    const source = ts.readJsonConfigFile(file, ts.sys.readFile);
    const parsed = ts.parseJsonSourceFileConfigFileContent(source, ts.sys, dirname(file));
    waiting.push(...(source.extendedSourceFiles ?? []).map((path) => resolve(path)));
    for (const reference of parsed.projectReferences ?? []) {
      waiting.push(ts.resolveProjectReferencePath(reference));
    }
  }
  return [...found];
}
