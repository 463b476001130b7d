import { ts } from "ts-morph";
import { isNodeModule } from "../catalog/lookup.ts";
import type { Types } from "./types.ts";

/** How the catalogue calls what is declared outside of the project's sources. */
export class ExternalNames {
  readonly #types: Types;
  readonly #known = new Map<ts.Declaration, string | undefined>();
  #packages: Map<ts.Node, string> | undefined;

  constructor(types: Types) {
    this.#types = types;
  }

  /** `Date.now`, `fs#readFileSync`, `uuid#v4`; undefined for what the project declares itself. */
  nameOf(declaration: ts.Declaration): string | undefined {
    const known = this.#known.get(declaration);
    if (known !== undefined || this.#known.has(declaration)) return known;
    const name = this.#nameOf(declaration);
    this.#known.set(declaration, name);
    return name;
  }

  #nameOf(declaration: ts.Declaration): string | undefined {
    const file = declaration.getSourceFile();
    const path: string[] = [];
    for (let at: ts.Node = declaration; !ts.isSourceFile(at); at = at.parent) {
      if (ts.isModuleDeclaration(at)) {
        if ((at.flags & ts.NodeFlags.GlobalAugmentation) !== 0) return globalName(path);
        if (ts.isStringLiteral(at.name)) return moduleName(at.name.text, path);
      }
      const name = declaredName(at);
      if (name !== undefined) path.unshift(name);
    }
    if (!this.#types.isLibrary(file)) return undefined;
    return this.#nameIn(file, path);
  }

  /** The package or the relative path that a file of declarations was imported by. */
  #nameIn(file: ts.SourceFile, path: string[]): string {
    const own = packageOf(file.fileName);
    if (own === "@types/node" || this.#types.isDefaultLibrary(file)) return globalName(path);
    return moduleName(this.#importedAs(file) ?? (own === "" ? file.fileName : own), path);
  }

  #importedAs(file: ts.SourceFile): string | undefined {
    this.#packages ??= this.#readImports();
    return this.#packages.get(file);
  }

  #readImports(): Map<ts.Node, string> {
    const found = new Map<ts.Node, string>();
    for (const file of this.#types.files) {
      if (this.#types.isLibrary(file)) continue;
      for (const specifier of specifiersOf(file)) {
        if (specifier.text.startsWith(".")) continue;
        const target = this.#types.symbolAt(specifier)?.declarations?.[0];
        if (target !== undefined && ts.isSourceFile(target)) found.set(target, specifier.text);
      }
    }
    return found;
  }
}

/** A name that nobody declares: a global, or what a package that is not installed exports. */
export function undeclaredName(types: Types, node: ts.Identifier): string | undefined {
  let symbol = types.localSymbolAt(node);
  if (symbol === undefined) return globalName([node.text]);
  for (let steps = 0; steps < 20 && symbol !== undefined; steps += 1) {
    const declaration: ts.Declaration | undefined = symbol.declarations?.[0];
    const imported = declaration === undefined ? undefined : importedName(declaration);
    const next: ts.Symbol | undefined = types.nextAlias(symbol);
    const isLast = next === undefined || next.declarations === undefined;
    if (isLast) return imported;
    symbol = next;
  }
  return undefined;
}

/** `dayjs#` for what `import dayjs from "dayjs"` names: the package's one export. */
export function defaultImport(types: Types, node: ts.Identifier): string | undefined {
  const declaration = types.localSymbolAt(node)?.declarations?.[0];
  if (declaration === undefined || !ts.isImportClause(declaration)) return undefined;
  const specifier = specifierOf(declaration);
  return specifier === undefined || specifier.startsWith(".")
    ? undefined
    : moduleName(specifier, []);
}

/** What an import or a re-export asks for, by its text. */
function importedName(declaration: ts.Declaration): string | undefined {
  const specifier = specifierOf(declaration);
  if (specifier === undefined) return undefined;
  if (ts.isImportSpecifier(declaration) || ts.isExportSpecifier(declaration)) {
    return moduleName(specifier, [(declaration.propertyName ?? declaration.name).text]);
  }
  if (ts.isBindingElement(declaration)) {
    const key = declaration.propertyName ?? declaration.name;
    return moduleName(specifier, ts.isIdentifier(key) ? [key.text] : []);
  }
  return moduleName(specifier, []);
}

function specifierOf(declaration: ts.Node): string | undefined {
  for (let at: ts.Node | undefined = declaration; at !== undefined; at = at.parent) {
    if (ts.isImportDeclaration(at) || ts.isExportDeclaration(at)) return textOf(at.moduleSpecifier);
    if (ts.isImportEqualsDeclaration(at)) {
      const { moduleReference } = at;
      const isModule = ts.isExternalModuleReference(moduleReference);
      return isModule ? textOf(moduleReference.expression) : undefined;
    }
    if (ts.isVariableDeclaration(at)) return requiredModule(at.initializer);
  }
  return undefined;
}

const textOf = (node: ts.Expression | undefined): string | undefined =>
  node !== undefined && ts.isStringLiteral(node) ? node.text : undefined;

/** `fs` of `require("fs")`. */
export function requiredModule(node: ts.Node | undefined): string | undefined {
  if (node === undefined || !ts.isCallExpression(node)) return undefined;
  const [argument] = node.arguments;
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === "require";
  return isRequire && argument !== undefined && ts.isStringLiteralLike(argument)
    ? argument.text
    : undefined;
}

export function moduleName(specifier: string, path: readonly string[]): string {
  const bare = specifier.replace(/^node:/, "");
  const module = isNodeModule(bare) ? bare : specifier;
  return `${module}#${path.filter((name) => name !== "default" && name !== "export=").join(".")}`;
}

/** The name of a member of what has this name. */
export function memberName(name: string, member: string): string {
  if (name === "globalThis" || name === "global" || name === "window" || name === "self") {
    return member;
  }
  if (member === "default" && name.includes("#")) return name;
  return name.endsWith("#") ? `${name}${member}` : `${name}.${member}`;
}

function globalName(path: readonly string[]): string {
  const named = path[0] === "NodeJS" || path[0] === "globalThis" ? path.slice(1) : path;
  return named.map((name) => name.replace(/(?<=.)Constructor$/, "")).join(".");
}

function declaredName(node: ts.Node): string | undefined {
  if (!("name" in node) || ts.isParameter(node)) return undefined;
  const { name } = node;
  if (typeof name !== "object" || name === null || !("kind" in name)) return undefined;
  return "text" in name && typeof name.text === "string" ? name.text : undefined;
}

/** The package that a file lies in; empty outside of `node_modules`. */
export function packageOf(path: string): string {
  const [, inner] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  if (inner === undefined) return "";
  if (inner === "@types/node" || !inner.startsWith("@types/")) return inner;
  return inner.slice("@types/".length).replace(/^(.+)__(.+)$/, "@$1/$2");
}

function specifiersOf(file: ts.SourceFile): readonly ts.StringLiteral[] {
  return file.statements.flatMap((statement) => {
    if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) {
      const { moduleSpecifier } = statement;
      return moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier)
        ? [moduleSpecifier]
        : [];
    }
    return [];
  });
}
