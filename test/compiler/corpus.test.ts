import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type CaseResult, judged, readManifest, runCorpus } from "./corpus-runner/corpus.ts";

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

test("a bad case is expected where the manifest says, by number and by text", () => {
  const { items } = readManifest(CORPUS);
  for (const { file, line, lineText } of items) {
    if (line === undefined || lineText === undefined) continue;
    const text = readFileSync(join(CORPUS, file), "utf8").split("\n")[line - 1];
    assert.is(text?.trim(), lineText, `${file}:${line}`);
  }
});

test("a case is judged by category and place, and a good one by silence", () => {
  const bad = { file: "bad/x.ts", verdict: "bad", category: "time", line: 4 } as const;
  const good = { file: "bad/x.ts", verdict: "good" } as const;
  const range = { line: 4, col: 1, endLine: 4, endCol: 2 };
  const found = { ruleId: "RD101", category: "time", file: "bad/x.ts", range, trace: [] };
  const elsewhere = { ...found, range: { ...range, line: 5 } };
  const way = {
    ...elsewhere,
    trace: [{ symbol: "f", file: "bad/x.ts", range, edge: "call" as const }],
  };
  assert.is(judged(bad, [found]).isRight, true);
  assert.is(judged(bad, []).isRight, false);
  assert.is(judged(bad, [{ ...found, category: "random" }]).isRight, false);
  assert.is(judged(bad, [elsewhere]).isRight, false);
  assert.is(judged(bad, [way]).isRight, true);
  assert.is(judged(good, []).isRight, true);
  assert.is(judged(good, [found]).isRight, false);
});

test.run();
