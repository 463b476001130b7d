// Whose code a declaration is: the project's own, the workflow language's, or somebody else's.

import { dirname } from "node:path";
import { ts } from "ts-morph";
import type { LoadedProject } from "./load.ts";

export type Owner = "own" | "language" | "platform" | "package";

const LANGUAGE = /^raftoral(\/|$)/;

export class World {
  readonly checker: ts.TypeChecker;
  readonly project: LoadedProject;
  readonly #languageFiles: ReadonlySet<string>;
  readonly #languageFolders: readonly string[];

  constructor(project: LoadedProject) {
    this.project = project;
    this.checker = project.checker;
    const entries = languageEntries(project);
    this.#languageFiles = declaringFiles(project.checker, entries);
    this.#languageFolders = entries.flatMap(({ fileName }) => packageSources(fileName));
  }

  owner(file: ts.SourceFile): Owner {
    if (this.#isLanguage(file)) return "language";
    if (this.project.program.isSourceFileDefaultLibrary(file)) return "platform";
    if (/\/node_modules\/(@types\/node|undici-types)\//.test(file.fileName)) return "platform";
    if (file.isDeclarationFile || file.fileName.includes("/node_modules/")) return "package";
    return "own";
  }

  isOwn(node: ts.Node): boolean {
    return this.owner(node.getSourceFile()) === "own";
  }

  isOfLanguage(node: ts.Node): boolean {
    return this.owner(node.getSourceFile()) === "language";
  }

  /** The symbol behind imports and re-exports. */
  symbolAt(node: ts.Node): ts.Symbol | undefined {
    const symbol = this.checker.getSymbolAtLocation(node);
    return symbol === undefined ? undefined : this.unaliased(symbol);
  }

  unaliased(symbol: ts.Symbol): ts.Symbol {
    return (symbol.flags & ts.SymbolFlags.Alias) !== 0
      ? this.checker.getAliasedSymbol(symbol)
      : symbol;
  }

  #isLanguage({ fileName }: ts.SourceFile): boolean {
    return (
      this.#languageFiles.has(fileName) ||
      this.#languageFolders.some((folder) => fileName.startsWith(`${folder}/`))
    );
  }
}

/** The files that the specifiers `raftoral` and `raftoral/…` lead to in this project. */
function languageEntries({ candidates, checker }: LoadedProject): readonly ts.SourceFile[] {
  const entries = new Set<ts.SourceFile>();
  for (const file of candidates) {
    for (const specifier of specifiersOf(file)) {
      if (!LANGUAGE.test(specifier.text)) continue;
      const [declaration] = checker.getSymbolAtLocation(specifier)?.declarations ?? [];
      if (declaration !== undefined && ts.isSourceFile(declaration)) entries.add(declaration);
    }
  }
  return [...entries];
}

function specifiersOf(file: ts.SourceFile): readonly ts.StringLiteral[] {
  const found: ts.StringLiteral[] = [];
  const visit = (node: ts.Node): void => {
    const isImport = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
    if (
      isImport &&
      node.moduleSpecifier !== undefined &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      found.push(node.moduleSpecifier);
    }
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const [argument] = node.arguments;
      const isRequire = node.expression.text === "require" && argument !== undefined;
      if (isRequire && ts.isStringLiteral(argument)) found.push(argument);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function declaringFiles(
  checker: ts.TypeChecker,
  entries: readonly ts.SourceFile[],
): ReadonlySet<string> {
  const files = new Set(entries.map(({ fileName }) => fileName));
  for (const entry of entries) {
    const module = checker.getSymbolAtLocation(entry);
    for (const exported of module === undefined ? [] : checker.getExportsOfModule(module)) {
      const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
      const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
      for (const declaration of symbol.declarations ?? []) {
        files.add(declaration.getSourceFile().fileName);
      }
    }
  }
  return files;
}

/** The folder of the language's own sources, where its entry belongs to a package of that name. */
function packageSources(entry: string): readonly string[] {
  for (let folder = dirname(entry); dirname(folder) !== folder; folder = dirname(folder)) {
    const manifest = ts.sys.readFile(`${folder}/package.json`);
    if (manifest === undefined) continue;
    return /"name"\s*:\s*"raftoral"/.test(manifest) ? [dirname(entry)] : [];
  }
  return [];
}
