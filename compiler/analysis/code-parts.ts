import { ts } from "ts-morph";
import type { CodeNode } from "./resolve.ts";
import { bare, initializerOf } from "./syntax.ts";

/** What runs when code is entered. Parameters' defaults are code of their own. */
export function partsOf(code: CodeNode): readonly ts.Node[] {
  if (ts.isClassLike(code)) return partsOfClass(code);
  if (ts.isFunctionLike(code)) return "body" in code && code.body !== undefined ? [code.body] : [];
  if (ts.isParameter(code)) return code.initializer === undefined ? [] : [code.initializer];
  const initializer = initializerOf(code);
  return initializer === undefined ? [code] : [initializer];
}

/** What `new` runs: fields, then the constructor; and what loading the class ran. */
function partsOfClass(made: ts.ClassLikeDeclaration): readonly ts.Node[] {
  return made.members.flatMap((member): readonly ts.Node[] => {
    if (ts.isConstructorDeclaration(member)) return member.body === undefined ? [] : [member.body];
    if (!ts.isPropertyDeclaration(member) || member.initializer === undefined) return [];
    return ts.isFunctionLike(bare(member.initializer)) ? [] : [member.initializer];
  });
}
