import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type CaseResult, readManifest, runCorpus } from "./corpus-runner/corpus.ts";

/** Each bad case is caught at its place, and nothing is said of a good one. */
const test = suite("lint: corpus", { limitMs: 300_000 });

const CORPUS = "test/compiler/corpus";
const CASES_MIN = 150;

const wrong = (results: readonly CaseResult[]): readonly string[] =>
  results
    .filter(({ isRight }) => !isRight)
    .map(({ item, reported }) => `${item.file}: ${reported.join("; ") || "nothing"}`);

test("every case is right with the types that a corpus brings", async () => {
  assert.equal(wrong(await runCorpus(CORPUS)), []);
});

test("every case is right with the language as it is", async () => {
  assert.equal(wrong(await runCorpus(CORPUS, { language: "src/index.ts" })), []);
});

test("the corpus is large, and its manifest has every file", () => {
  const { items } = readManifest(CORPUS);
  assert.ok(items.length >= CASES_MIN, `${items.length} cases`);
  assert.equal(new Set(items.map(({ file }) => file)).size, items.length);
});

test("a case that is judged wrongly is seen", async () => {
  const results = await runCorpus(CORPUS);
  const [caught] = results.filter(({ item }) => item.file === "bad/time-date-now.ts");
  const [silent] = results.filter(({ item }) => item.file === "good/module-const.ts");
  assert.ok((caught?.reported.length ?? 0) > 0);
  assert.equal(silent?.reported, []);
});

test.run();
