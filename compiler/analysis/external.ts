// Names of what is not the project's own: of the platform, and of packages.

import { ts } from "ts-morph";

/** `module` undefined: a global. `member`: `now`, `promises.readFile`, `Date#getHours`. */
export interface External {
  readonly kind: "external";
  readonly module: string | undefined;
  readonly member: string;
}

/** Names of the object that has all globals. */
export const GLOBAL_OBJECTS: ReadonlySet<string> = new Set([
  "globalThis",
  "window",
  "self",
  "global",
]);

export function memberOf(base: External, name: string): External {
  const { module, member } = base;
  if (module === undefined && GLOBAL_OBJECTS.has(member)) return external(undefined, name);
  if (member === "" || member === "default") return external(module, name);
  return external(module, `${member}.${name}`);
}

export const external = (module: string | undefined, member: string): External => ({
  kind: "external",
  module,
  member,
});

/** Where a name was imported from, and under which name it is exported there. */
export function importOf(
  declaration: ts.Declaration,
): { readonly module: string; readonly member: string } | undefined {
  const holder = ts.findAncestor(declaration, (node) => ts.isImportDeclaration(node));
  if (holder === undefined) {
    if (!ts.isImportEqualsDeclaration(declaration)) return;
    const { moduleReference } = declaration;
    if (!ts.isExternalModuleReference(moduleReference)) return;
    const { expression } = moduleReference;
    return ts.isStringLiteral(expression) ? { module: expression.text, member: "" } : undefined;
  }
  if (!ts.isStringLiteral(holder.moduleSpecifier)) return;
  const module = holder.moduleSpecifier.text;
  if (ts.isNamespaceImport(declaration)) return { module, member: "" };
  if (ts.isImportClause(declaration)) return { module, member: "default" };
  if (!ts.isImportSpecifier(declaration)) return;
  return { module, member: (declaration.propertyName ?? declaration.name).text };
}

/** By where it is declared: the module's name, and the type that has it. */
export function externalOf(symbol: ts.Symbol, declaration: ts.Declaration): External {
  const module = moduleOf(declaration);
  const holder = declaration.parent;
  if (holder !== undefined && (ts.isInterfaceDeclaration(holder) || ts.isClassLike(holder))) {
    const type = holder.name?.text ?? "";
    const isStatic =
      /Constructor$/.test(type) ||
      (ts.canHaveModifiers(declaration) &&
        ts.getModifiers(declaration)?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword));
    const name = type.replace(/Constructor$/, "");
    return external(module, `${name}${isStatic === true ? "." : "#"}${symbol.name}`);
  }
  return external(module, symbol.name);
}

function moduleOf(declaration: ts.Node): string | undefined {
  const isGlobal = ts.findAncestor(
    declaration,
    (node) => (node.flags & ts.NodeFlags.GlobalAugmentation) !== 0,
  );
  if (isGlobal !== undefined) return;
  const ambient = ts.findAncestor(
    declaration,
    (node) => ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name),
  );
  if (ambient !== undefined && ts.isModuleDeclaration(ambient)) return ambient.name.text;
  const { fileName } = declaration.getSourceFile();
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(fileName)?.[1];
  if (inPackage === undefined || inPackage === "typescript") return;
  if (inPackage === "@types/node" || inPackage === "undici-types") return;
  return inPackage.replace(/^@types\/(?:([^_]+)__)?/, (_all, scope) => (scope ? `@${scope}/` : ""));
}
