import { ts } from "ts-morph";
import type { HostCategory } from "./entry.ts";

type Verdict = HostCategory | "clean";
type Condition = (args: readonly ts.Expression[]) => Verdict;

/** `{ timeZone: "UTC" }` has it; a name, or what a call gives, is believed to. */
function names(options: ts.Expression | undefined, key: string): boolean {
  if (options === undefined) return false;
  if (!ts.isObjectLiteralExpression(options)) return !isNothing(options);
  return options.properties.some(
    (each) =>
      ts.isSpreadAssignment(each) ||
      (each.name !== undefined &&
        (ts.isIdentifier(each.name) || ts.isStringLiteral(each.name)) &&
        each.name.text === key),
  );
}

function isNothing(node: ts.Expression | undefined): boolean {
  if (node === undefined) return true;
  if (ts.isIdentifier(node) && node.text === "undefined") return true;
  return ts.isArrayLiteralExpression(node) && node.elements.length === 0;
}

const locale =
  (position: number): Condition =>
  (args) =>
    isNothing(args[position]) ? "locale" : "clean";

const localeAndZone: Condition = ([language, options]) =>
  !isNothing(language) && names(options, "timeZone") ? "clean" : "locale";

/** A text without a zone is read in the host's, unless it is a bare date in ISO's form. */
const ZONE_LESS =
  /^(?!\s*\d{4}(-\d{2}(-\d{2})?)?\s*$)(?!.*(?:Z|GMT|UTC|[+-]\d{2}:?\d{2})\s*$).*\d/i;

/** `${day}T09:00`: what stands behind the last part that is put in says enough. */
const ZONE_LESS_END = /T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;

function isZoneLess(node: ts.Expression | undefined): boolean {
  if (node === undefined) return false;
  if (ts.isTemplateExpression(node)) {
    return ZONE_LESS_END.test(node.templateSpans.at(-1)?.literal.text ?? "");
  }
  return ts.isStringLiteralLike(node) && ZONE_LESS.test(node.text);
}

const madeDate: Condition = (args) => {
  const [first] = args;
  if (first === undefined) return "time";
  if (ts.isSpreadElement(first)) return "clean";
  return args.length > 1 || isZoneLess(first) ? "locale" : "clean";
};

/** `dayjs()` is now; with an argument it is what that says. */
const nowWithout: Condition = ([first]) => (isNothing(first) ? "time" : "clean");

const zoneIn =
  (position: number): Condition =>
  (args) =>
    names(args[position], "zone") ? "clean" : "locale";

/** What the arguments decide, by the catalogue's names with `.call` or `.new` behind. */
const CONDITIONS: Readonly<Record<string, Condition>> = {
  "Date.new": madeDate,
  "Date.parse": ([text]) => (isZoneLess(text) ? "locale" : "clean"),
  "Date.toLocaleString": localeAndZone,
  "Date.toLocaleDateString": localeAndZone,
  "Date.toLocaleTimeString": localeAndZone,
  "Number.toLocaleString": locale(0),
  "BigInt.toLocaleString": locale(0),
  "Array.toLocaleString": locale(0),
  "ReadonlyArray.toLocaleString": locale(0),
  "String.localeCompare": locale(1),
  "String.toLocaleLowerCase": locale(0),
  "String.toLocaleUpperCase": locale(0),
  "Intl.DateTimeFormat.new": localeAndZone,
  "Intl.DateTimeFormat.call": localeAndZone,
  "Intl.NumberFormat.new": locale(0),
  "Intl.NumberFormat.call": locale(0),
  "Intl.Collator.new": locale(0),
  "Intl.Collator.call": locale(0),
  "Intl.PluralRules.new": locale(0),
  "Intl.RelativeTimeFormat.new": locale(0),
  "Intl.ListFormat.new": locale(0),
  "Intl.DisplayNames.new": locale(0),
  "Intl.Segmenter.new": locale(0),
  "Intl.DurationFormat.new": locale(0),
  "dayjs#call": nowWithout,
  "dayjs#utc": nowWithout,
  "moment#call": nowWithout,
  "moment#utc": nowWithout,
  "luxon#DateTime.fromISO": zoneIn(1),
  "luxon#DateTime.fromMillis": zoneIn(1),
  "luxon#DateTime.fromJSDate": zoneIn(1),
  "luxon#DateTime.fromObject": zoneIn(1),
  "luxon#DateTime.fromSQL": zoneIn(1),
  "luxon#DateTime.fromFormat": zoneIn(2),
  "mongodb#ObjectId.new": ([id]) => (isNothing(id) ? "random" : "clean"),
  "bson#ObjectId.new": ([id]) => (isNothing(id) ? "random" : "clean"),
  "Response.new": () => "clean",
  "require.call": ([path]) =>
    path !== undefined && ts.isStringLiteralLike(path) ? "clean" : "dynamic-code",
};

/** The verdict that depends on the arguments; undefined where the name alone decides. */
export function conditional(name: string, args: readonly ts.Expression[]): Verdict | undefined {
  return Object.hasOwn(CONDITIONS, name) ? CONDITIONS[name]?.(args) : undefined;
}
