import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { explain } from "../../compiler/explain.ts";
import { DESCRIBED_RULES, RULE_FACTS } from "../../compiler/rule-facts.ts";
import { RaftoralError } from "../../src/errors.ts";

/** The rules' pages, held against the registry. */
const test = suite("lint: pages of rules");

const SECTIONS = ["## Why", "## Bad", "## Good", "## How to fix"];
const page = (id: string): string => readFileSync(`docs/rules/${id}.md`, "utf8");

test("every rule has its page, and no page is left over", () => {
  const pages = readdirSync("docs/rules").map((name) => name.replace(/\.md$/, ""));
  assert.ok(RULE_FACTS.size > 30, `only ${RULE_FACTS.size} rules`);
  assert.equal(pages.sort(), [...RULE_FACTS.keys()].sort());
});

test("a page names its rule's id, category and severity, and has its four sections", () => {
  for (const [id, { category, severity }] of RULE_FACTS) {
    assert.match(page(id), new RegExp(`^# ${id}: [^\\n]+\\n\\nCategory \`${category}\`, `), id);
    assert.match(page(id), `severity ${severity}.`, id);
    const sections = page(id).match(/^## .+$/gm);
    assert.equal(sections, SECTIONS, id);
  }
});

test("no section of a page is empty", () => {
  for (const id of RULE_FACTS.keys()) {
    for (const section of page(id)
      .split(/^## .+$/m)
      .slice(1)) {
      assert.ok(section.trim().length > 15, `${id}: ${section}`);
    }
  }
});

test("each rule has a URL of its own, and says in a sentence what is wrong", () => {
  const urls = [...DESCRIBED_RULES.values()].map(({ docs }) => docs);
  assert.is(new Set(urls).size, RULE_FACTS.size);
  for (const [id, { docs, summary }] of DESCRIBED_RULES) {
    assert.match(docs, `/docs/rules/${id}.md`);
    assert.match(summary, /^[A-Z].+\.$/);
  }
});

test("--explain prints the page, and knows the nearest rule to one that is not there", () => {
  assert.is(explain("RD101"), page("RD101"));
  assert.is(explain("rd101"), page("RD101"));
  try {
    explain("RD1010");
    assert.unreachable();
  } catch (error) {
    if (!(error instanceof RaftoralError)) throw error;
    assert.match(error.message, /no rule "RD1010"; did you mean "RD101"\?/);
  }
});

test.run();
