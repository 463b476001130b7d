// RD101 to RD113: what differs from node to node and from run to run, by the catalog.

import { ts } from "ts-morph";
import type { Category, Verdict } from "../analysis/catalog/entry.ts";
import type { External } from "../analysis/external.ts";
import { bare } from "../analysis/syntax.ts";
import { isLocaleFixed } from "./locale.ts";
import type { RuleContext } from "./rule.ts";

/** How something of the host is used. */
export type Use = "call" | "new" | "read" | "reference";

interface Words {
  readonly ruleId: string;
  readonly does: string;
  readonly help: string;
}

const COMPUTE = "put it into a compute, whose result is recorded: yield* compute(name, () => …)";

export const CATEGORY_WORDS: Readonly<Record<Category, Words>> = {
  time: { ruleId: "RD101", does: "reads the clock", help: "const t = yield* now()" },
  random: {
    ruleId: "RD102",
    does: "takes chance from the platform",
    help: "yield* random() or yield* uuid() give the same on every node",
  },
  timer: {
    ruleId: "RD103",
    does: "sets a timer that no other node has",
    help: 'yield* sleep("1 minute") is durable',
  },
  io: { ruleId: "RD104", does: "reaches outside of the process", help: COMPUTE },
  env: {
    ruleId: "RD105",
    does: "reads what differs from host to host",
    help: "hand it in as input, or put it into a compute",
  },
  async: {
    ruleId: "RD106",
    does: "makes or awaits a promise",
    help: "async code belongs into a compute or step",
  },
  "global-state": {
    ruleId: "RD107",
    does: "uses state of this process",
    help: "keep it in a variable of the body, or in yield* variable(name, initial)",
  },
  locale: {
    ruleId: "RD108",
    does: "depends on the host's locale or time zone",
    help: "use the UTC methods, or name locale and time zone",
  },
  "error-stack": {
    ruleId: "RD109",
    does: "reads a stack trace, which differs from build to build",
    help: "use the error's name, message or own data",
  },
  gc: { ruleId: "RD110", does: "depends on the garbage collector", help: "hold the value itself" },
  logging: {
    ruleId: "RD111",
    does: "logs on every node and at every replay",
    help: "yield* log(message) logs once",
  },
  "dynamic-code": {
    ruleId: "RD112",
    does: "makes or loads code while it runs",
    help: "import what the workflow needs at the top of its file",
  },
  concurrency: {
    ruleId: "RD113",
    does: "shares memory or talks to threads",
    help: "yield* all([...]) runs branches side by side; threads belong into a compute",
  },
};

/** Says what the catalog knows of this use. Gives the verdict, for calls that nobody knows. */
export function checkHost(
  node: ts.Node,
  external: External,
  use: Use,
  context: RuleContext,
): Verdict {
  const verdict = verdictOf(node, external, use, context);
  // Handed on as a whole it does nothing yet: what is done with it is looked at there.
  const isWhole = use === "read" && ts.isIdentifier(node) && !isCallable(node, context);
  if (isWhole && (verdict === "logging" || verdict === "io")) return "clean";
  if (verdict === "clean" || verdict === "unknown") return verdict;
  const { ruleId, does, help } = CATEGORY_WORDS[verdict];
  const symbol = symbolText(external, use);
  context.say({ ruleId, node, symbol, message: `${symbol} ${does}`, help });
  return verdict;
}

function isCallable(node: ts.Node, { world }: RuleContext): boolean {
  const type = world.checker.getTypeAtLocation(node);
  return type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0;
}

function verdictOf(node: ts.Node, external: External, use: Use, context: RuleContext): Verdict {
  const { module, member } = external;
  const call = callOf(node);
  if (module === undefined && member === "Date") return dateVerdict(use, call);
  const verdict = context.catalog.verdict(external);
  if (verdict === "locale" && isLocaleFixed(external, call)) return "clean";
  if (verdict === "time" && isOfGivenTime(external, call)) return "clean";
  if (isPathOfFolder(external, call)) return "env";
  return verdict;
}

/** A Date in a text is written in the host's zone. */
export function checkDateText(expression: ts.Expression, context: RuleContext): void {
  const type = context.world.checker.getTypeAtLocation(expression);
  if (type.symbol?.name !== "Date" || ts.isNewExpression(bare(expression))) return;
  checkHost(expression, ofGlobal("Date#toString"), "read", context);
}

/** `e.stack` of something untyped that was caught. */
export function checkCaughtStack(node: ts.Node, context: RuleContext): void {
  if (!ts.isPropertyAccessExpression(node) || node.name.text !== "stack") return;
  const [declaration] = context.world.symbolAt(node.expression)?.declarations ?? [];
  if (declaration === undefined || !ts.isCatchClause(declaration.parent)) return;
  checkHost(node, ofGlobal("Error#stack"), "read", context);
}

const ofGlobal = (member: string): External => ({ kind: "external", module: undefined, member });

/** `Date()` is now in any case; `new Date(x)` is whatever x is. */
function dateVerdict(use: Use, call: ts.CallExpression | ts.NewExpression | undefined): Verdict {
  if (use === "call") return "time";
  if (use !== "new") return "clean";
  const values = call?.arguments ?? [];
  const [first] = values;
  if (first === undefined) return "time";
  if (ts.isSpreadElement(first)) return "clean";
  if (values.length > 1) return "locale";
  return isZonelessText(first) ? "locale" : "clean";
}

/** `2024-01-01T10:00` is read in the host's zone; `2024-01-01` and what ends in Z are not. */
export function isZonelessText(node: ts.Node): boolean {
  const value = bare(node);
  if (!ts.isStringLiteralLike(value)) return false;
  const { text } = value;
  if (/^\d{4}(-\d{2}){0,2}$/.test(text)) return false;
  return !/(Z|[+-]\d{2}:?\d{2}|GMT|UTC)\s*$/i.test(text);
}

/** dayjs() is now; dayjs(input.at) is not. */
function isOfGivenTime(
  { module, member }: External,
  call: ts.CallExpression | ts.NewExpression | undefined,
): boolean {
  if (module !== "dayjs" && module !== "moment") return false;
  if (member.includes("#") || member.includes(".")) return true;
  return (call?.arguments?.length ?? 0) > 0;
}

/** path.resolve("a") begins at the folder in which the process was started. */
function isPathOfFolder(
  { module = "", member }: External,
  call: ts.CallExpression | ts.NewExpression | undefined,
): boolean {
  if (!/^(node:)?path$/.test(module) || member !== "resolve") return false;
  const isRooted = (argument: ts.Node): boolean => {
    const value = bare(argument);
    return ts.isStringLiteralLike(value) && value.text.startsWith("/");
  };
  return !(call?.arguments ?? []).some(isRooted);
}

/** The call that a callee belongs to. */
export function callOf(node: ts.Node): ts.CallExpression | ts.NewExpression | undefined {
  let outer = node;
  while (outer.parent !== undefined && bare(outer.parent) === bare(outer)) outer = outer.parent;
  const { parent } = outer;
  const isCall =
    parent !== undefined && (ts.isCallExpression(parent) || ts.isNewExpression(parent));
  return isCall && parent.expression === outer ? parent : undefined;
}

function symbolText({ module, member }: External, use: Use): string {
  const name = member.replace("#", ".");
  const isNamed = member !== "" && member !== "default";
  const full =
    module === undefined ? name : isNamed ? `${module.replace(/^node:/, "")}.${name}` : module;
  if (use === "new") return `new ${full}()`;
  return use === "call" ? `${full}()` : full;
}
