// The TypeScript blocks of the pages, each as a module of its own, against the sources.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";

export interface Block {
  /** `README.md:12`: where its first line stands. */
  readonly place: string;
  /** Imports of files are from here. */
  readonly directory: string;
  readonly text: string;
}

const FENCE = /^```ts\n([\s\S]*?)^```$/gm;

export function blocksOf(page: string, text: string, directory = "test/docs"): readonly Block[] {
  return [...text.matchAll(FENCE)].map(({ index, 1: code = "" }) => {
    const line = text.slice(0, index).split("\n").length + 1;
    return { place: `${page}:${line}`, directory, text: `${code}export {};` };
  });
}

export function pages(): readonly string[] {
  const below = readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name));
  return ["README.md", ...below.sort()];
}

/** What the compiler says of the blocks: `README.md:14: Cannot find name 'x'.` */
export function faultsOf(blocks: readonly Block[], preludes: readonly string[]): readonly string[] {
  const files = new Map(
    blocks.map((block, i) => [resolve(`${block.directory}/block-${i}.ts`), block] as const),
  );
  const host = hostWith(files);
  const roots = [...files.keys(), ...preludes.map((path) => resolve(path))];
  const program = ts.createProgram(roots, options(), host);
  return [...files].flatMap(([path, { place }]) => {
    const file = program.getSourceFile(path);
    if (file === undefined) return [`${place}: not compiled`];
    const found = [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ];
    return found.map((diagnostic) => faultText(place, file, diagnostic));
  });
}

function faultText(place: string, file: ts.SourceFile, { start = 0, messageText }: ts.Diagnostic) {
  const at = place.lastIndexOf(":");
  const line = Number(place.slice(at + 1)) + file.getLineAndCharacterOfPosition(start).line;
  const text = ts.flattenDiagnosticMessageText(messageText, " ");
  return `${place.slice(0, at)}:${line}: ${text.slice(0, 300)}`;
}

function hostWith(files: ReadonlyMap<string, Block>): ts.CompilerHost {
  const host = ts.createCompilerHost(options());
  const { fileExists, readFile, getSourceFile } = host;
  return {
    ...host,
    fileExists: (path) => files.has(path) || fileExists(path),
    readFile: (path) => files.get(path)?.text ?? readFile(path),
    getSourceFile: (path, version, ...more) => {
      const block = files.get(path);
      if (block === undefined) return getSourceFile(path, version, ...more);
      return ts.createSourceFile(path, block.text, version);
    },
  };
}

/** Those of the project, without what asks more of a text for people than that it is right. */
function options(): ts.CompilerOptions {
  const { config } = ts.readConfigFile("tsconfig.json", (path) => readFileSync(path, "utf8"));
  const { options: own } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ".");
  return {
    ...own,
    noEmit: true,
    // So that the prelude is a script: what it declares is there for all.
    moduleDetection: ts.ModuleDetectionKind.Legacy,
    noUnusedLocals: false,
    noUnusedParameters: false,
    erasableSyntaxOnly: false,
    isolatedDeclarations: false,
    declaration: false,
  };
}
