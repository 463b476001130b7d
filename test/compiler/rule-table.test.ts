import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyCells, ruleTable, tableText } from "./corpus-runner/rule-table.ts";

/** Each rule has a bad case, a good case, a page, and a fix or a reason for none. */
const test = suite("lint: table of rules", { limitMs: 300_000 });

test("no cell of the table is empty", async () => {
  const rows = await ruleTable("test/compiler/corpus");
  assert.equal(emptyCells(rows), []);
  assert.ok(rows.length > 30, `${rows.length} rules`);
});

test("an empty cell is named by its rule and column", () => {
  const row = { ruleId: "RD999", bad: "x", good: "", page: "y", fix: "" };
  assert.equal(emptyCells([row]), ["RD999 good", "RD999 fix"]);
  assert.match(tableText([row]), /^rule {3}bad case/);
});

test.run();
