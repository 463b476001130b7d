// `npm run effects:table`: each effect that users can import, and where its tests and its page are.
// Nothing here is kept by hand: rows are what the package exports, cells what the cases say that
// they are about, what the types' tests ask for, what the page of effects names. An empty cell is
// an error.

import { readdirSync, readFileSync } from "node:fs";
import { CASES } from "./cases.ts";
import { CHECKLIST } from "./checklist.ts";
import { PLACES } from "./run-cases.ts";

const TYPES = "test/types";
const PAGE = "docs/concepts/effects.md";
/** Exports of the language that ask for nothing: they make what does, or what values hold. */
const MAKERS: ReadonlySet<string> = new Set(["workflow", "effects", "valueType"]);

/** The values that `src/index.ts` exports from the language's room. */
function exportedEffects(): readonly string[] {
  const index = readFileSync("src/index.ts", "utf8");
  const lists = [...index.matchAll(/^export \{([^}]*)\} from "\.\/workflow\/dsl\//gm)];
  return lists
    .flatMap(([, list = ""]) => list.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type ") && !MAKERS.has(name))
    .sort((a, b) => (a < b ? -1 : 1));
}

const typeTests = readdirSync(TYPES)
  .map((file) => readFileSync(`${TYPES}/${file}`, "utf8"))
  .join("\n");
const page = readFileSync(PAGE, "utf8");
const tested = new Set([...CASES, ...CHECKLIST].flatMap(({ effects }) => effects));

const COLUMNS: Readonly<Record<string, (effect: string) => boolean>> = {
  types: (effect) => new RegExp(`\\b${effect}(\\.start)?[(<]`).test(typeTests),
  // Every case is run at every place.
  ...Object.fromEntries(PLACES.map((place) => [place, (effect: string) => tested.has(effect)])),
  documented: (effect) => page.includes(`\`${effect}\``) || page.includes(`\`${effect}(`),
};

const effects = exportedEffects();
const names = Object.keys(COLUMNS);
const width = Math.max(...effects.map(({ length }) => length));
const lines = [["effect".padEnd(width), ...names].join(" | ")];
let empty = 0;
for (const effect of effects) {
  const cells = Object.entries(COLUMNS).map(([column, has]) => {
    const isThere = has(effect);
    if (!isThere) empty++;
    return (isThere ? "yes" : "").padEnd(column.length);
  });
  lines.push([effect.padEnd(width), ...cells].join(" | "));
}
process.stdout.write(`${lines.join("\n")}\n${effects.length} effects, ${empty} cells empty\n`);
process.exitCode = empty === 0 && effects.length > 0 ? 0 : 1;
