import { posix } from "node:path";
import { ts } from "ts-morph";
import type { Types } from "./types.ts";

const PACKAGE = /^raftoral(?:\/|$)/;

/** Arguments that are effect bodies, by position: they run on the owner only. */
const EFFECT_BODIES: Readonly<Record<string, number>> = { compute: 1, step: 1 };

/** Calls of the language that name nothing: their first argument is no key. */
const WITHOUT_KEY: ReadonlySet<string> = new Set(["sleep", "log", "all", "race", "workflow"]);

const OP = /^(?:Op|Gen|Generator|Effect)$/;

/**
 * The workflow language: whatever the specifier `raftoral`, or a path below it, leads to in the
 * project, with the files that lie behind it.
 */
export class Language {
  readonly #types: Types;
  readonly #files: ReadonlySet<ts.SourceFile>;

  constructor(types: Types) {
    this.#types = types;
    this.#files = languageFiles(types);
  }

  isDeclaredHere(node: ts.Node): boolean {
    if (this.#files.has(node.getSourceFile())) return true;
    for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
      if (!ts.isModuleDeclaration(at) || !ts.isStringLiteral(at.name)) continue;
      if (PACKAGE.test(at.name.text)) return true;
    }
    return false;
  }

  isLanguageFile(file: ts.SourceFile): boolean {
    return this.#files.has(file);
  }

  /** Whether this type is an effect's: `yield*` is what it waits for. */
  isEffectType(type: ts.Type): boolean {
    if (type.isUnion()) return type.types.some((each) => this.isEffectType(each));
    return [type.aliasSymbol, type.getSymbol()].some(
      (symbol) =>
        symbol !== undefined &&
        OP.test(symbol.name) &&
        (symbol.declarations ?? []).some((node) => this.isDeclaredHere(node)),
    );
  }

  /** Whether calling what is declared so gives an effect. */
  givesEffect(declaration: ts.Node): boolean {
    const type = resultNode(declaration);
    if (type !== undefined && ts.isTypeReferenceNode(type)) {
      const name = ts.isIdentifier(type.typeName) ? type.typeName : type.typeName.right;
      if (OP.test(name.text)) return true;
    }
    if (type !== undefined) return false;
    const result = this.#types.resultOf(this.#types.typeAt(declaration));
    return result !== undefined && this.isEffectType(result);
  }
}

/** The position of the function that runs as an effect's body; -1 for none. */
export const effectBodyAt = (name: string): number => EFFECT_BODIES[name] ?? -1;

/** Whether the first argument is an effect's name, where it is a text. */
export const hasKey = (name: string): boolean => !WITHOUT_KEY.has(name);

function resultNode(declaration: ts.Node): ts.TypeNode | undefined {
  if (ts.isVariableDeclaration(declaration)) {
    const { initializer } = declaration;
    if (initializer !== undefined && ts.isArrowFunction(initializer)) return initializer.type;
    return undefined;
  }
  return ts.isFunctionLike(declaration) ? declaration.type : undefined;
}

function languageFiles(types: Types): ReadonlySet<ts.SourceFile> {
  const byName = new Map(types.files.map((file) => [file.fileName, file]));
  const found = new Set(types.files.flatMap((file) => entriesNamedIn(file, types)));
  // Grows while it is walked: each file brings those that it names.
  for (const file of found) {
    for (const specifier of specifiersIn(file)) {
      const isBeside = specifier.text.startsWith(".");
      const target = isBeside ? besides(file, specifier.text, byName) : undefined;
      if (target !== undefined) found.add(target);
    }
  }
  return found;
}

/** The files that `raftoral`, or a path below it, leads to from here. */
function entriesNamedIn(file: ts.SourceFile, types: Types): readonly ts.SourceFile[] {
  if (!file.text.includes("raftoral")) return [];
  return specifiersIn(file)
    .filter((specifier) => PACKAGE.test(specifier.text))
    .flatMap((specifier) => types.symbolAt(specifier)?.declarations?.[0] ?? [])
    .filter(ts.isSourceFile);
}

function besides(
  file: ts.SourceFile,
  specifier: string,
  byName: ReadonlyMap<string, ts.SourceFile>,
): ts.SourceFile | undefined {
  const path = posix.join(posix.dirname(file.fileName), specifier);
  const stem = path.replace(/\.[cm]?[jt]sx?$/, "");
  const candidates = [path, `${stem}.d.ts`, `${stem}.ts`, `${stem}.d.mts`, `${stem}.d.cts`];
  const inFolder = [`${path}/index.d.ts`, `${path}/index.ts`];
  for (const candidate of [...candidates, ...inFolder]) {
    const target = byName.get(candidate);
    if (target !== undefined) return target;
  }
  return undefined;
}

function specifiersIn(file: ts.SourceFile): readonly ts.StringLiteralLike[] {
  return file.statements.flatMap(specifiersOf).filter(ts.isStringLiteralLike);
}

function specifiersOf(statement: ts.Statement): readonly ts.Node[] {
  if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) {
    return statement.moduleSpecifier === undefined ? [] : [statement.moduleSpecifier];
  }
  if (ts.isImportEqualsDeclaration(statement)) {
    const { moduleReference } = statement;
    return ts.isExternalModuleReference(moduleReference) ? [moduleReference.expression] : [];
  }
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ initializer }) =>
    initializer !== undefined && ts.isCallExpression(initializer)
      ? initializer.arguments.slice(0, 1)
      : [],
  );
}
