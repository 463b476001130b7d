import { ts } from "ts-morph";
import { programOf } from "./program.ts";
import type { Unit } from "./project.ts";

/**
 * All that the analysis asks a compiler. ts-morph loads the project; trees and types are looked at
 * as they are, since wrapping every node costs a third more. Another back end is these functions.
 */
export interface Types {
  readonly version: string;
  readonly files: readonly ts.SourceFile[];
  /** What a name means, with imports followed to the end. */
  symbolAt(node: ts.Node): ts.Symbol | undefined;
  /** The same, one import back: the symbol as this file has it. */
  localSymbolAt(node: ts.Node): ts.Symbol | undefined;
  /** The variable that `{ name }` reads. */
  shorthandSymbol(node: ts.Node): ts.Symbol | undefined;
  /** One step along an import or a re-export. */
  nextAlias(symbol: ts.Symbol): ts.Symbol | undefined;
  typeAt(node: ts.Node): ts.Type;
  /** The member of an interface or a class that a type names, where that has it itself. */
  declaredMember(type: ts.TypeNode | undefined, name: string): ts.Symbol | undefined;
  memberOf(type: ts.Type, name: string): ts.Symbol | undefined;
  /** The declaration of the first signature that can be called. */
  callDeclaration(type: ts.Type): ts.Node | undefined;
  resultOf(type: ts.Type): ts.Type | undefined;
  typeOf(symbol: ts.Symbol, at: ts.Node): ts.Type;
  exportsOf(module: ts.Symbol): readonly ts.Symbol[];
  argumentsOf(type: ts.Type): readonly ts.Type[];
  /** Not a source of the project: declarations, and whatever lies in packages. */
  isLibrary(file: ts.SourceFile): boolean;
  /** One of TypeScript's own `lib.*.d.ts`. */
  isDefaultLibrary(file: ts.SourceFile): boolean;
}

export function typesOf(unit: Unit, entries: readonly string[]): Types {
  return around(programOf(unit.options, [...entries, ...ambientFiles(unit)]));
}

/** Declarations of the project's own: they may say what globals and packages are. */
function ambientFiles(unit: Unit): readonly string[] {
  return unit.files.filter((file) => /\.d\.[cm]?ts$/.test(file));
}

function around(program: ts.Program): Types {
  const checker = program.getTypeChecker();
  const followed = (symbol: ts.Symbol | undefined): ts.Symbol | undefined =>
    symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0
      ? checker.getAliasedSymbol(symbol)
      : symbol;
  const localSymbolAt = remembered((node) => checker.getSymbolAtLocation(node));
  const symbolAt = remembered((node) => followed(localSymbolAt(node)));
  return {
    version: ts.version,
    files: program.getSourceFiles(),
    symbolAt,
    localSymbolAt,
    shorthandSymbol: (node) => followed(checker.getShorthandAssignmentValueSymbol(node)),
    nextAlias: (symbol) =>
      (symbol.flags & ts.SymbolFlags.Alias) === 0
        ? undefined
        : checker.getImmediateAliasedSymbol(symbol),
    typeAt: (node) => checker.getTypeAtLocation(node),
    declaredMember(type, name) {
      if (type === undefined || !ts.isTypeReferenceNode(type)) return undefined;
      return symbolAt(type.typeName)?.members?.get(ts.escapeLeadingUnderscores(name));
    },
    memberOf: (type, name) => checker.getApparentType(type).getProperty(name),
    callDeclaration: (type) =>
      checker.getSignaturesOfType(type, ts.SignatureKind.Call)[0]?.declaration,
    resultOf(type) {
      const [signature] = checker.getSignaturesOfType(type, ts.SignatureKind.Call);
      return signature === undefined ? undefined : checker.getReturnTypeOfSignature(signature);
    },
    typeOf: (symbol, at) => checker.getTypeOfSymbolAtLocation(symbol, at),
    exportsOf: (module) => checker.getExportsOfModule(module),
    argumentsOf: (type) => (isReference(type) ? checker.getTypeArguments(type) : []),
    isLibrary: (file) =>
      file.isDeclarationFile ||
      program.isSourceFileFromExternalLibrary(file) ||
      program.isSourceFileDefaultLibrary(file),
    isDefaultLibrary: (file) => program.isSourceFileDefaultLibrary(file),
  };
}

/** The same names are asked for again and again. */
function remembered(find: (node: ts.Node) => ts.Symbol | undefined): typeof find {
  const symbols = new Map<ts.Node, ts.Symbol | undefined>();
  return (node) => {
    const known = symbols.get(node);
    if (known !== undefined || symbols.has(node)) return known;
    const found = find(node);
    symbols.set(node, found);
    return found;
  };
}

function isReference(type: ts.Type): type is ts.TypeReference {
  const isObject = (type.flags & ts.TypeFlags.Object) !== 0 && "objectFlags" in type;
  const { objectFlags } = isObject ? type : { objectFlags: 0 };
  return typeof objectFlags === "number" && (objectFlags & ts.ObjectFlags.Reference) !== 0;
}
