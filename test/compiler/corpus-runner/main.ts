import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type CaseResult, runCorpus, scoreOf } from "./corpus.ts";

// npm run lint:corpus -- DIR [--language FILE]: lints a corpus and says how every case went.
// The last line is the score. Exits with 1 unless all is right.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { language: { type: "string" } },
});
const [directory = "test/compiler/corpus"] = positionals;
const { language } = values;
const results = await runCorpus(resolve(directory), language === undefined ? {} : { language });

for (const result of results) process.stdout.write(`${lineOf(result)}\n`);
const { caught, bad, clean, good, precision, recall } = scoreOf(results);
process.stdout.write(`\nprecision ${percent(precision)}, recall ${percent(recall)}\n`);
process.stdout.write(`bad ${caught}/${bad} caught, good ${clean}/${good} clean\n`);
if (caught < bad || clean < good) process.exitCode = 1;

function lineOf({ item, isRight, reported }: CaseResult): string {
  const word =
    item.verdict === "bad" ? (isRight ? "caught" : "MISSED") : isRight ? "clean" : "FLAGGED";
  const expected = item.category === undefined ? "" : ` ${item.category}`;
  const found = isRight ? "" : `  reported: ${reported.join("; ") || "nothing"}`;
  return `${word.padEnd(8)}${item.file}${expected}${found}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
