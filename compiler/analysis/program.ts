import { join } from "node:path";
import { getLibFiles } from "@ts-morph/common";
import { ts } from "ts-morph";

/** Where TypeScript's own `lib.*.d.ts` are said to be: ts-morph carries them as texts. */
const LIBRARY = "/node_modules/typescript/lib";

/**
 * A program of these files and of all that they import, by the TypeScript that ts-morph brings.
 * Not by ts-morph's own project: around each file and node it makes objects that nobody asks for.
 */
export function programOf(options: ts.CompilerOptions, rootNames: readonly string[]): ts.Program {
  const checked = { ...options, noEmit: true, skipLibCheck: true };
  return ts.createProgram({ rootNames, options: checked, host: hostOf(checked) });
}

function hostOf(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const libraries = new Map(
    getLibFiles().map(({ fileName, text }) => [join(LIBRARY, fileName), text]),
  );
  return {
    ...host,
    // What comments say of types counts in JavaScript only, where it is read all the same.
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
    getDefaultLibLocation: () => LIBRARY,
    getDefaultLibFileName: (wanted) => join(LIBRARY, ts.getDefaultLibFileName(wanted)),
    fileExists: (path) => libraries.has(path) || host.fileExists(path),
    readFile: (path) => libraries.get(path) ?? host.readFile(path),
    getSourceFile(path, target, onError) {
      const text = libraries.get(path);
      return text === undefined
        ? host.getSourceFile(path, target, onError)
        : ts.createSourceFile(path, text, target);
    },
  };
}
