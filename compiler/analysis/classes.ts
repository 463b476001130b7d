import { ts } from "ts-morph";
import { bare, hasModifier, isFunctionNode, nameText, walkTree } from "./nodes.ts";
import type { Types } from "./types.ts";

/** With more possible targets than this, a call is said to be unresolved. */
export const TARGETS_MAX = 8;

/** Who extends and implements whom, in the project's sources. */
export class Classes {
  readonly #types: Types;
  #heirs: Map<ts.Node, ts.Node[]> | undefined;

  constructor(types: Types) {
    this.#types = types;
  }

  /** The class and those that it extends, as far as they are the project's. */
  lineage(node: ts.ClassLikeDeclaration): readonly ts.ClassLikeDeclaration[] {
    const found = [node];
    for (const each of found) {
      const base = this.#baseOf(each);
      if (base !== undefined && !found.includes(base)) found.push(base);
    }
    return found;
  }

  #baseOf(node: ts.ClassLikeDeclaration): ts.ClassLikeDeclaration | undefined {
    const clause = node.heritageClauses?.find(
      ({ token }) => token === ts.SyntaxKind.ExtendsKeyword,
    );
    const [type] = clause?.types ?? [];
    if (type === undefined) return undefined;
    const declaration = this.#types.symbolAt(type.expression)?.declarations?.find(ts.isClassLike);
    const isOwn = declaration !== undefined && !this.#types.isLibrary(declaration.getSourceFile());
    return isOwn ? declaration : undefined;
  }

  /** What the last of the lineage extends, where that is not the project's. */
  foreignBase(node: ts.ClassLikeDeclaration): ts.Expression | undefined {
    const last = this.lineage(node).at(-1) ?? node;
    const [type] =
      last.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types ??
      [];
    return type?.expression;
  }

  constructorOf(node: ts.ClassLikeDeclaration): ts.ConstructorDeclaration | undefined {
    for (const each of this.lineage(node)) {
      const own = each.members.find(
        (member) => ts.isConstructorDeclaration(member) && member.body !== undefined,
      );
      if (own !== undefined && ts.isConstructorDeclaration(own)) return own;
    }
    return undefined;
  }

  /** `[Symbol.iterator]` of a class. */
  iteratorOf(node: ts.ClassLikeDeclaration): ts.MethodDeclaration | undefined {
    for (const each of this.lineage(node)) {
      for (const member of each.members) {
        const isIt =
          ts.isMethodDeclaration(member) && member.name.getText() === "[Symbol.iterator]";
        if (isIt) return member;
      }
    }
    return undefined;
  }

  /** Members that may be called instead of this one: in classes and objects of its kind. */
  overrides(member: ts.Declaration): readonly ts.Declaration[] {
    const owner = member.parent;
    const isOpen =
      ts.isMethodDeclaration(member) ||
      ts.isMethodSignature(member) ||
      ts.isPropertySignature(member) ||
      (ts.isPropertyDeclaration(member) && member.initializer === undefined);
    if (!isOpen || !(ts.isClassLike(owner) || ts.isInterfaceDeclaration(owner))) return [];
    if (this.#types.isLibrary(owner.getSourceFile())) return [];
    if (hasModifier(member, ts.SyntaxKind.StaticKeyword)) return [];
    const name = nameText(member.name);
    if (name === undefined) return [];
    return this.#below(owner).flatMap((heir) => memberOf(heir, name));
  }

  #below(owner: ts.Node): readonly ts.Node[] {
    this.#heirs ??= this.#index();
    const heirs = this.#heirs;
    const found = [...(heirs.get(owner) ?? [])];
    for (const heir of found) {
      for (const next of heirs.get(heir) ?? []) if (!found.includes(next)) found.push(next);
    }
    return found;
  }

  #index(): Map<ts.Node, ts.Node[]> {
    const heirs = new Map<ts.Node, ts.Node[]>();
    const add = (name: ts.Node, heir: ts.Node): void => {
      for (const owner of this.#types.symbolAt(name)?.declarations ?? []) {
        heirs.set(owner, [...(heirs.get(owner) ?? []), heir]);
      }
    };
    for (const file of this.#types.files) {
      if (this.#types.isLibrary(file)) continue;
      walkTree(file, (node) => {
        for (const name of namedAbove(node)) add(name, heirOf(node));
      });
    }
    return heirs;
  }
}

/** The names of what a class, an interface or an object says it is. */
function namedAbove(node: ts.Node): readonly ts.Node[] {
  if (ts.isClassLike(node) || ts.isInterfaceDeclaration(node)) {
    return (node.heritageClauses ?? []).flatMap(({ types }) =>
      types.map((type) => type.expression),
    );
  }
  const isTyped =
    ts.isVariableDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isSatisfiesExpression(node);
  if (!isTyped || node.type === undefined || !ts.isTypeReferenceNode(node.type)) return [];
  return ts.isObjectLiteralExpression(heirOf(node)) ? [node.type.typeName] : [];
}

/** `{ … }` of `const x: I = { … }` and of `{ … } satisfies I`. */
function heirOf(node: ts.Node): ts.Node {
  if (ts.isSatisfiesExpression(node)) return bare(node.expression);
  const hasValue = ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node);
  return hasValue && node.initializer !== undefined ? bare(node.initializer) : node;
}

function memberOf(heir: ts.Node, name: string): readonly ts.Declaration[] {
  const members: readonly ts.Declaration[] = ts.isClassLike(heir)
    ? heir.members
    : ts.isObjectLiteralExpression(heir)
      ? heir.properties
      : [];
  return members.filter((member) => {
    const own = ts.getNameOfDeclaration(member);
    const isIt = own !== undefined && ts.isIdentifier(own) && own.text === name;
    return isIt && !(isFunctionNode(member) && member.body === undefined);
  });
}
