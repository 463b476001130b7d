import { suite } from "uvu";
import * as assert from "uvu/assert";
import { generatedBody } from "./oracle/bodies.ts";
import { differs } from "./oracle/differs.ts";
import { oracle } from "./oracle/oracle.ts";

/** Generated bodies: what the linter says nothing of is the same on another host. */
const test = suite("lint: differential oracle", { limitMs: 300_000 });

const BODIES = 300;

test("no body differs of which nothing was said", () => {
  const firstSeed = Math.floor(Math.random() * 1_000_000_000);
  const { silent, flagged, flaggedAndDiffer, missed, missedWithout } = oracle(firstSeed, BODIES);
  assert.equal(missed, [], `SEED=${missed[0]}\n${generatedBody(missed[0] ?? 0).text}`);
  // It can fail: enough bodies are silent, and enough of the others do differ.
  assert.ok(silent > BODIES / 5, `${silent} silent, SEED=${firstSeed}`);
  assert.ok(flaggedAndDiffer > flagged / 4, `${flaggedAndDiffer} of ${flagged}, SEED=${firstSeed}`);
  // And with any one of these rules off it would have failed.
  for (const rule of ["RD105", "RD108"]) {
    assert.ok((missedWithout[rule] ?? 0) > 0, `${rule} alone tells nothing, SEED=${firstSeed}`);
  }
});

test("the hosts differ in all that a process takes from them, and in the state of modules", () => {
  for (const number of [
    "Date.now()",
    "new Date().getTime()",
    "Math.random()",
    "new Date(0).getHours()",
    `Number(process.env["RAFTORAL_ORACLE"])`,
    "(moduleCount += 1)",
    "os.hostname().length",
    "process.cwd().length",
    `path.resolve("a").length`,
    "(1234.5).toLocaleString().charCodeAt(1)",
    "new Intl.NumberFormat().format(1234.5).charCodeAt(1)",
    `"ä".localeCompare("z")`,
  ]) {
    const text = `let moduleCount = 0;
export const wf = workflow({ name: "x", version: 1, run: function* () { return ${number}; } });`;
    assert.ok(differs({ seed: 0, text }), number);
  }
});

test.run();
