import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Edit } from "../../compiler/finding.ts";
import { applyEdits, planFixes } from "../../compiler/fix.ts";
import type { ReportedFinding } from "../../compiler/report/report.ts";
import { TIME } from "../fixtures/lint/analyses.ts";

const test = suite("lint: fixes");

function edit(start: number, end: number, text: string, file = "a.ts"): Edit {
  return { file, start, end, text };
}

function finding(...fix: readonly Edit[]): ReportedFinding {
  return { ...TIME, fix, docs: "", suppressed: null };
}

test("edits are applied at the offsets of the text before them", () => {
  const edits = [edit(0, 3, "A"), edit(4, 4, "yield* "), edit(8, 11, "")];
  assert.is(applyEdits("one two three", edits), "A yield* two ee");
});

test("a finding's edits are taken together or not at all", () => {
  const first = finding(edit(10, 20, "x"));
  const second = finding(edit(0, 1, "y"), edit(15, 16, "z"));
  const plan = planFixes([first, second]);
  assert.equal(plan.mended, [first]);
  assert.equal(plan.edits.get("a.ts"), [edit(10, 20, "x")]);
});

test("two edits that touch are not made in one round: they have no order", () => {
  assert.is(planFixes([finding(edit(5, 5, "a")), finding(edit(5, 5, "b"))]).mended.length, 1);
  assert.is(planFixes([finding(edit(0, 5, "a")), finding(edit(5, 9, "b"))]).mended.length, 1);
  assert.is(planFixes([finding(edit(0, 4, "a")), finding(edit(5, 9, "b"))]).mended.length, 2);
  const elsewhere = planFixes([finding(edit(5, 5, "a")), finding(edit(5, 5, "b", "b.ts"))]);
  assert.is(elsewhere.mended.length, 2);
});

test("edits come out in the order of the text, whatever the order of the findings", () => {
  const plan = planFixes([finding(edit(9, 9, "b")), finding(edit(1, 2, "a"))]);
  assert.equal(plan.edits.get("a.ts"), [edit(1, 2, "a"), edit(9, 9, "b")]);
});

test("what is allowed or known to the baseline is left as it is", () => {
  const suppressed = { reason: "x", file: "a.ts", line: 1 };
  const plan = planFixes([
    { ...finding(edit(0, 0, "a")), suppressed },
    { ...finding(edit(9, 9, "a")), baseline: "unchanged" },
    { ...TIME, docs: "", suppressed: null },
  ]);
  assert.equal([plan.mended, plan.edits.size], [[], 0]);
});

test.run();
