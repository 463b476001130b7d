// Which classes of the project stand behind an interface or a class.

import { ts } from "ts-morph";
import { nameText } from "./syntax.ts";
import type { World } from "./world.ts";

export class Hierarchy {
  readonly #world: World;
  readonly #below = new Map<ts.Symbol, ts.ClassLikeDeclaration[]>();

  constructor(world: World) {
    this.#world = world;
    for (const file of world.project.program.getSourceFiles()) {
      if (world.owner(file) === "own") this.#collect(file);
    }
  }

  /** The code of this method in the class, if the class is one of those that may be meant. */
  implementation(
    made: ts.ClassLikeDeclaration,
    declaration: ts.Declaration,
    name: string,
  ): ts.Node | undefined {
    return this.classesBehind(declaration).includes(made) ? methodOf(made, name) : undefined;
  }

  /** Classes that implement or extend what declares this method. */
  classesBehind(declaration: ts.Declaration): readonly ts.ClassLikeDeclaration[] {
    const holder = declaration.parent;
    const isNamed = ts.isInterfaceDeclaration(holder) || ts.isClassLike(holder);
    const symbol =
      isNamed && holder.name !== undefined ? this.#world.symbolAt(holder.name) : undefined;
    return symbol === undefined ? [] : (this.#below.get(symbol) ?? []);
  }

  #collect(file: ts.SourceFile): void {
    const visit = (node: ts.Node): void => {
      if (ts.isClassLike(node)) this.#add(node, node, new Set());
      ts.forEachChild(node, visit);
    };
    visit(file);
  }

  #add(made: ts.ClassLikeDeclaration, of: ts.Node, seen: Set<ts.Symbol>): void {
    for (const { expression } of heritageOf(of)) {
      const symbol = this.#world.symbolAt(expression);
      if (symbol === undefined || seen.has(symbol)) continue;
      seen.add(symbol);
      const below = this.#below.get(symbol) ?? [];
      this.#below.set(symbol, [...below, made]);
      for (const declaration of symbol.declarations ?? []) this.#add(made, declaration, seen);
    }
  }
}

function heritageOf(node: ts.Node): readonly ts.ExpressionWithTypeArguments[] {
  const isHeir = ts.isClassLike(node) || ts.isInterfaceDeclaration(node);
  return isHeir ? (node.heritageClauses ?? []).flatMap(({ types }) => [...types]) : [];
}

function methodOf(made: ts.ClassLikeDeclaration, name: string): ts.Node | undefined {
  for (const member of made.members) {
    if (member.name === undefined || nameText(member.name) !== name) continue;
    if (ts.isMethodDeclaration(member) || ts.isAccessor(member)) return member;
    const value = ts.isPropertyDeclaration(member) ? member.initializer : undefined;
    if (value !== undefined && ts.isFunctionLike(value)) return value;
  }
  return;
}
