import { relative, sep } from "node:path";
import { ts } from "ts-morph";
import { conditional } from "../catalog/conditions.ts";
import { HOST_CATEGORIES, type HostCategory } from "../catalog/entry.ts";
import { known } from "../catalog/lookup.ts";
import { HOST_RULES } from "../rules/host.ts";
import { unverifiedSite } from "../rules/unverified-call.ts";
import type { Declared } from "./facts.ts";
import { bare, isConstruction, nameOf } from "./nodes.ts";
import type { Site } from "./summary.ts";

/** What calling a name of the platform or of a package comes to; undefined if it is clean. */
export function calledSite(
  name: string,
  node: ts.Node,
  args: readonly ts.Expression[],
  declared: Declared,
): Site | undefined {
  const said = saidOf(name, declared);
  const verdict = said ?? verdictOf(name, node, args);
  if (verdict === "clean") return undefined;
  if (verdict === "unknown") {
    return declared.trustExternals ? undefined : unverifiedSite(node, shownName(name, node));
  }
  return hostSite(verdict, node, shownName(name, node));
}

export function hostSite(category: HostCategory, node: ts.Node, symbol: string): Site {
  const rule = HOST_RULES[category];
  const { ruleId, help } = rule;
  return { ruleId, node, symbol, message: rule.message(symbol), help, isLocal: false };
}

type Verdict = HostCategory | "clean" | "unknown";

function verdictOf(name: string, node: ts.Node, args: readonly ts.Expression[]): Verdict {
  const asked = askedName(name, node);
  return conditional(asked, args) ?? known(asked).category;
}

/** `Date` that is called and `Date` that is made by `new` are two things. */
function askedName(name: string, node: ts.Node): string {
  if (isConstruction(node)) return name.endsWith("#") ? `${name}new` : `${name}.new`;
  const last = name.split(/[.#]/).at(-1) ?? "";
  const isFunction = !/[.#]/.test(name) || /^[A-Z]/.test(last) || last === "";
  if (!isFunction) return name;
  return name.endsWith("#") ? `${name}call` : `${name}.call`;
}

function saidOf(name: string, { names }: Declared): Verdict | undefined {
  const [module = ""] = name.split("#");
  const keys = [`npm:${name}`, `npm:${module}`, `node:${name}`, `node:${module}`, name];
  return verdictSaid(keys.map((key) => names.get(key)).find((said) => said !== undefined));
}

function verdictSaid(said: string | undefined): Verdict | undefined {
  if (said === undefined) return undefined;
  if (said === "clean" || said === "unknown") return said;
  return isCategory(said) ? said : undefined;
}

function isCategory(word: string): word is HostCategory {
  return HOST_CATEGORIES.some((category) => category === word);
}

/** What the configuration says of a function of the project: `src/x.ts#f`. */
export function saidOfSource(code: ts.Node, { names, directory }: Declared): Verdict | undefined {
  if (names.size === 0) return undefined;
  const file = relative(directory, code.getSourceFile().fileName).split(sep).join("/");
  return verdictSaid(names.get(`${file}#${nameOf(code)}`));
}

/** As the code has it, where that is short; else as the catalogue has it. */
export function shownName(name: string, node: ts.Node): string {
  const isCall = ts.isCallExpression(node) || ts.isNewExpression(node);
  const written = (isCall ? bare(node.expression) : node).getText();
  const catalogued = name.replace(/#$/, "").replace("#", ".");
  const isShort =
    /^[\w$.?]{1,40}$/.test(written) &&
    (!isCall || !isConstruction(node) || ts.isNewExpression(node));
  const shown = isShort ? written.replaceAll("?.", ".") : catalogued;
  if (isConstruction(node)) return `new ${shown}()`;
  return isCall ? `${shown}()` : shown;
}
