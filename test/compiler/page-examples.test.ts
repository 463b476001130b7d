import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RULE_FACTS } from "../../compiler/rule-facts.ts";
import { findingsIn } from "../fixtures/lint/projects.ts";

/** What the rules' pages show as bad and as good is what the linter says it is. */
const test = suite("lint: examples on the rules' pages", { limitMs: 120_000 });

/** Rules about the linter, or about what stands outside of one file. */
const WITHOUT_EXAMPLE = new Set(["RD304", "RD900", "RD901", "RD902", "RD903"]);

function blocks(id: string, section: string): readonly string[] {
  const page = readFileSync(`docs/rules/${id}.md`, "utf8");
  const text = page.split(`## ${section}`)[1]?.split("\n## ")[0] ?? "";
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
}

const CREDIT = {
  "src/credit-scores.d.ts":
    'declare module "credit-scores" { export function score(income: number): number; }',
};

const files: Record<string, string> = { ...CREDIT };
for (const id of RULE_FACTS.keys()) {
  for (const section of ["Bad", "Good"]) {
    blocks(id, section).forEach((code, i) => {
      files[`src/${section.toLowerCase()}/${id}-${i}.ts`] = code;
    });
  }
}
const findings = findingsIn(files);
const idsIn = (file: string): readonly string[] =>
  [...new Set(findings.filter((one) => one.file === file).map(({ ruleId }) => ruleId))].sort();

test("each rule has a bad and a good example", () => {
  for (const id of RULE_FACTS.keys()) {
    if (WITHOUT_EXAMPLE.has(id)) continue;
    assert.ok(files[`src/bad/${id}-0.ts`] !== undefined, `${id} bad`);
    assert.ok(files[`src/good/${id}-0.ts`] !== undefined, `${id} good`);
  }
});

for (const file of Object.keys(files)) {
  const [, section, id = ""] = /src\/(bad|good)\/(RD\d+)/.exec(file) ?? [];
  if (section === undefined || WITHOUT_EXAMPLE.has(id)) continue;
  test(`${file} is ${section === "bad" ? `${id} and nothing else` : "silent"}`, () => {
    // A name is unstable by something that is a finding itself.
    const found = idsIn(file).filter((one) => id !== "RD207" || one !== "RD101");
    assert.equal(found, section === "bad" ? [id] : []);
  });
}

test.run();
