import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";

/** docs/testing.md, and the files that it shows. */
const test = suite("examples: testing", { limitMs: 120_000 });

const FOLDER = "examples/testing";
const page = readFileSync("docs/testing.md", "utf8");
const blocks = [...page.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)];

test("every block of the page is one of the files, and every file is shown", () => {
  assert.is(blocks.length, [...page.matchAll(/^```ts$/gm)].length);
  for (const [, file = "", text] of blocks) assert.is(text, readFileSync(file, "utf8"), file);
  const files = readdirSync(FOLDER).map((name) => `${FOLDER}/${name}`);
  assert.equal(blocks.map(([, file = ""]) => file).sort(), files.sort());
});

test("each fits one screen, and its tests pass", () => {
  for (const [, file = "", text = ""] of blocks) {
    assert.ok(text.trimEnd().split("\n").length <= 40, file);
    if (!file.endsWith(".test.ts")) continue;
    const ran = spawnSync(process.execPath, [...process.execArgv, file], { encoding: "utf8" });
    assert.is(ran.status, 0, `${file}\n${ran.stdout}${ran.stderr}`);
    assert.match(ran.stdout, /Passed:\s+[1-9]/, file);
  }
});

test.run();
