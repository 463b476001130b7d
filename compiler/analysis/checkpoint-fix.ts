import { ts } from "ts-morph";
import type { Facts } from "./facts.ts";
import { wrapped } from "./nodes.ts";
import type { Replacement, Site } from "./summary.ts";

/** Whether a value is recorded, and so the same everywhere: the first that was recorded wins. */
export function isCheckpointed({ ruleId }: Site): boolean {
  return ["RD101", "RD102", "RD105", "RD108"].includes(ruleId);
}

/** `checkpoint(k, bad())` -> `compute(k, () => bad())`, with `compute` among the imports. */
export function checkpointFix({ node }: Site, facts: Facts): readonly Replacement[] | undefined {
  const outer = wrapped(node);
  const call = outer.parent;
  if (!ts.isCallExpression(call) || call.arguments[1] !== outer) return undefined;
  const callee = call.expression;
  if (!ts.isIdentifier(callee) || call.arguments.length !== 2) return undefined;
  const imported = facts.types.localSymbolAt(callee)?.declarations?.[0];
  if (imported === undefined || !ts.isImportSpecifier(imported)) return undefined;
  const known = imported.parent.elements.find(
    (each) => (each.propertyName ?? each.name).text === "compute",
  );
  const name = known?.name.text ?? "compute";
  const start = callee.getStart();
  const argument = outer.getStart();
  const added = { start: imported.getEnd(), end: imported.getEnd(), text: ", compute" };
  return [
    ...(known === undefined ? [added] : []),
    { start, end: callee.getEnd(), text: name },
    { start: argument, end: argument, text: "() => " },
  ];
}
