import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CHECKLIST, CHECKLIST_WORKFLOWS, ROWS } from "./checklist.ts";
import { runCases } from "./run-cases.ts";

/** What went wrong elsewhere does not go wrong here. */
const test = suite("language: the checklist", { limitMs: 60_000 });

test("every row has its law", () => {
  const covered = new Set(CHECKLIST.map(({ row }) => row));
  assert.equal(
    ROWS.filter((row) => !covered.has(row)),
    [],
  );
});

runCases(test, CHECKLIST, CHECKLIST_WORKFLOWS);

test.run();
