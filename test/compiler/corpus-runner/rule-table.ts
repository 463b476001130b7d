import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReportedFinding } from "raftoral/lint";
import { RULE_FACTS } from "../../../compiler/rule-facts.ts";
import { judged, lintCorpus, readManifest } from "./corpus.ts";

/** A row of the printed table. An empty cell is a rule that is not finished. */
export interface RuleRow {
  readonly ruleId: string;
  readonly bad: string;
  readonly good: string;
  readonly page: string;
  /** `fix`, or why there is none. */
  readonly fix: string;
}

const BY_HAND = "what to do instead is a decision";
const OWN_FINDING = "about the linter, not about code";

/** A good case that comes close to what the rule looks for, and why the rule mends nothing. */
const GOOD: Readonly<Record<string, { readonly good: string; readonly noFix?: string }>> = {
  RD101: { good: "clock-as-argument" },
  RD102: { good: "seeded-random" },
  RD103: { good: "compute-global-reference", noFix: "a timer's callback is no code of the body" },
  RD104: { good: "path-join", noFix: BY_HAND },
  RD105: { good: "module-env-in-compute" },
  RD106: { good: "async-only-in-compute", noFix: BY_HAND },
  RD107: { good: "module-map-filled-at-load", noFix: BY_HAND },
  RD108: { good: "locale-explicit" },
  RD109: { good: "stack-of-own", noFix: BY_HAND },
  RD110: { good: "weak-map-local", noFix: BY_HAND },
  RD111: { good: "log-of-language", noFix: "messages are made of many arguments, log of one" },
  RD112: { good: "named-like-host", noFix: BY_HAND },
  RD113: { good: "array-buffer", noFix: BY_HAND },
  RD120: { good: "lodash-pure", noFix: "a person must say what the package does" },
  RD121: { good: "dispatch-table", noFix: "there is nothing wrong to mend" },
  RD201: { good: "effects-pushed" },
  RD202: { good: "own-generator-iterated" },
  RD204: { good: "helper-wraps-in-compute", noFix: BY_HAND },
  RD205: { good: "closure-local-in-compute", noFix: "the value must be returned and taken" },
  RD207: { good: "key-from-input", noFix: BY_HAND },
  RD208: { good: "catch-typed", noFix: "only a person knows which errors are meant" },
  RD209: { good: "finally-without-effects", noFix: BY_HAND },
  RD210: { good: "generator-twice-called", noFix: BY_HAND },
  RD212: { good: "while-with-break", noFix: BY_HAND },
  RD301: { good: "values-kept", noFix: BY_HAND },
  RD303: { good: "version-const", noFix: "only a person knows the number" },
  RD305: { good: "registration-by-function", noFix: BY_HAND },
};

/** Rules that one file of a corpus cannot show: which tests do, and why nothing is mended. */
const TESTED: Readonly<Record<string, { readonly test: string; readonly noFix: string }>> = {
  RD206: { test: "real", noFix: "names are the author's" },
  RD304: { test: "fingerprints", noFix: "only a person knows that a change is meant" },
  RD900: { test: "real", noFix: OWN_FINDING },
  RD901: { test: "allows", noFix: "an old comment is to be read before it goes" },
  RD902: { test: "allows", noFix: "only a person knows the reason" },
  RD903: { test: "run", noFix: "--prune-baseline does it" },
};

/** Lints a corpus and says what each rule has. */
export async function ruleTable(directory: string): Promise<readonly RuleRow[]> {
  const { items } = readManifest(directory);
  const findings = await lintCorpus(directory);
  const isRight = new Set(
    items.filter((item) => judged(item, findings).isRight).map(({ file }) => file),
  );
  return [...RULE_FACTS].map(([ruleId, { category }]) => {
    const tested = testOf(ruleId);
    const caught = items.filter((item) => item.category === category && isRight.has(item.file));
    const close = `good/${GOOD[ruleId]?.good}.ts`;
    return {
      ruleId,
      bad: caught[0] === undefined ? tested : `${caught[0].file} (${caught.length})`,
      good: isRight.has(close) ? close : tested,
      page: existsSync(`docs/rules/${ruleId}.md`) ? `docs/rules/${ruleId}.md` : "",
      fix: fixOf(ruleId, findings),
    };
  });
}

function fixOf(ruleId: string, findings: readonly ReportedFinding[]): string {
  const isMended = findings.some((one) => one.ruleId === ruleId && one.fix !== undefined);
  return isMended ? "fix" : (GOOD[ruleId]?.noFix ?? TESTED[ruleId]?.noFix ?? "");
}

/** The test's file, if it speaks of the rule. */
function testOf(ruleId: string): string {
  const test = TESTED[ruleId]?.test;
  if (test === undefined) return "";
  const file = join("test/compiler", `${test}.test.ts`);
  return existsSync(file) && readFileSync(file, "utf8").includes(ruleId) ? file : "";
}

/** `RD101 bad`: cells without anything in them. */
export function emptyCells(rows: readonly RuleRow[]): readonly string[] {
  return rows.flatMap((row) =>
    Object.entries(row)
      .filter(([, cell]) => cell === "")
      .map(([column]) => `${row.ruleId} ${column}`),
  );
}

export function tableText(rows: readonly RuleRow[]): string {
  const head = { ruleId: "rule", bad: "bad case", good: "good case", page: "page", fix: "fix" };
  const all = [head, ...rows].map((row) => Object.values(row));
  const widths = Object.keys(head).map((_, i) =>
    Math.max(...all.map((cells) => String(cells[i]).length)),
  );
  const lines = all.map((cells) =>
    cells.map((cell, i) => String(cell).padEnd(widths[i] ?? 0)).join("  "),
  );
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
