import { ts } from "ts-morph";
import { unresolvedSite, unverifiedSite } from "../rules/unverified-call.ts";
import { bare, isAccess, isInlineFunction, memberText } from "./nodes.ts";
import type { Reading } from "./reading.ts";
import { shownName } from "./sinks.ts";

/** A call whose target is not in sight: RD120 where there is no code, RD121 where it is chosen. */
export function unresolvedCall(node: ts.CallExpression, { facts, report }: Reading): void {
  const callee = bare(node.expression);
  if (ts.isCallExpression(callee) || ts.isNewExpression(callee) || isInlineFunction(callee)) return;
  const symbol = shownName("", node);
  if (ts.isElementAccessExpression(callee) && memberText(callee) === undefined) {
    report(unresolvedSite(node, symbol));
    return;
  }
  const type = facts.types.typeAt(callee);
  const isAny = (type.flags & ts.TypeFlags.Any) !== 0;
  const declaration = facts.types.callDeclaration(type);
  const isDeclared = facts.types.symbolAt(callee)?.valueDeclaration !== undefined;
  if (isUnreadable(callee, { declaration, isAny, isDeclared })) {
    if (!facts.declared.trustExternals) report(unverifiedSite(node, symbol));
  } else if (declaration !== undefined && isOpen(callee, declaration)) {
    report(unresolvedSite(node, symbol));
  }
}

interface Known {
  readonly declaration: ts.Node | undefined;
  readonly isAny: boolean;
  readonly isDeclared: boolean;
}

/** Of no type, or of a type without code: `declare function`. */
function isUnreadable(callee: ts.Expression, { declaration, isAny, isDeclared }: Known): boolean {
  if (declaration !== undefined) return ts.isFunctionDeclaration(declaration);
  return isAny && (!isDeclared || isAccess(callee));
}

/** A method of an interface, or of a class without code, that nothing in sight implements. */
function isOpen(callee: ts.Expression, declaration: ts.Node): boolean {
  const owner = declaration.parent;
  const isOfType = ts.isInterfaceDeclaration(owner) || ts.isClassLike(owner);
  const isMethod = ts.isMethodSignature(declaration) || ts.isMethodDeclaration(declaration);
  return isAccess(callee) && (isMethod ? isOfType : ts.isPropertySignature(owner));
}
