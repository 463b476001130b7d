// From a tsconfig.json to a program of the files that matter: those that name the workflow
// language, and what they import. ts-morph knows how to load a project and brings the compiler;
// the analysis itself works on the compiler's own trees (its wrappers cost a third more).

import { dirname, relative, resolve, sep } from "node:path";
import { Project, ts } from "ts-morph";
import { RaftoralError } from "../../src/errors.ts";
import { namesLanguage } from "../project/tree.ts";

export interface LoadedProject {
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  /** Of the tsconfig.json; paths in findings are relative to it. */
  readonly directory: string;
  /** The project's files that name the workflow language. */
  readonly candidates: readonly ts.SourceFile[];
  /** The tsconfig.json, and those that it extends or refers to. */
  readonly configFiles: readonly string[];
}

interface ParsedConfig {
  readonly files: readonly string[];
  readonly configFiles: readonly string[];
}

/** Undefined: no file of the project names the workflow language. */
export function loadProject(tsconfig: string): LoadedProject | undefined {
  const parsed = parseConfig(tsconfig, new Set());
  const named = parsed.files.filter((file) => namesLanguage(ts.sys.readFile(file) ?? ""));
  if (named.length === 0) return undefined;
  const project = new Project({
    tsConfigFilePath: tsconfig,
    skipAddingFilesFromTsConfig: true,
    skipFileDependencyResolution: true,
    // What is emitted, and where, is of no concern; a limit on JavaScript would hide its helpers.
    compilerOptions: { noEmit: true, skipLibCheck: true, composite: false, incremental: false },
  });
  for (const file of named) project.addSourceFileAtPath(file);
  const program = project.getProgram().compilerObject;
  return {
    program,
    checker: program.getTypeChecker(),
    directory: dirname(tsconfig),
    candidates: named.flatMap((file) => program.getSourceFile(file) ?? []),
    configFiles: parsed.configFiles,
  };
}

/** A path as findings have it. */
export function relativeTo(directory: string, file: string): string {
  return relative(directory, file).split(sep).join("/");
}

function parseConfig(tsconfig: string, seen: Set<string>): ParsedConfig {
  if (seen.has(tsconfig)) return { files: [], configFiles: [] };
  seen.add(tsconfig);
  if (!ts.sys.fileExists(tsconfig)) {
    throw new RaftoralError("lint-config-invalid", `there is no ${tsconfig}`);
  }
  const source = ts.readJsonConfigFile(tsconfig, ts.sys.readFile);
  const parsed = ts.parseJsonSourceFileConfigFileContent(source, ts.sys, dirname(tsconfig));
  const referred = (parsed.projectReferences ?? []).map(({ path }) =>
    parseConfig(configAt(resolve(path)), seen),
  );
  return {
    files: [...new Set([...parsed.fileNames, ...referred.flatMap(({ files }) => files)])],
    configFiles: [
      tsconfig,
      ...(source.extendedSourceFiles ?? []),
      ...referred.flatMap(({ configFiles }) => configFiles),
    ],
  };
}

/** A reference names a tsconfig.json, or its folder. */
const configAt = (path: string): string =>
  path.endsWith(".json") ? path : resolve(path, "tsconfig.json");
