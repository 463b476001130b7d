import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findingsIn } from "../fixtures/lint/projects.ts";

/** What the linter cannot cope with is told, and does not keep it from the rest. */
const test = suite("lint: faults of its own", { limitMs: 120_000 });

/** The compiler reads sums of any length in a loop; the linter's walk goes down into them. */
const TERMS = 6_000;

const BODIES = `import { workflow } from "raftoral";
export const deep = workflow({
  name: "deep",
  version: 1,
  run: function* (n: number) {
    return n${" + n".repeat(TERMS)};
  },
});
export const plain = workflow({
  name: "plain",
  version: 2,
  run: function* () {
    return Date.now();
  },
});
`;

test("a fault at one workflow is RD900, and the others are checked all the same", () => {
  const findings = findingsIn({ "src/flows.ts": BODIES });
  assert.equal(findings.map(({ ruleId, workflows }) => `${ruleId} ${workflows.join()}`).sort(), [
    "RD101 plain@2",
    "RD900 deep@1",
  ]);
  const fault = findings.find(({ ruleId }) => ruleId === "RD900");
  assert.match(fault?.message ?? "", /^the linter failed at deep@1: .*stack/);
  assert.equal([fault?.file, fault?.range.line], ["src/flows.ts", 2]);
});

test.run();
