import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCommandLine } from "../../src/cli/command-line.ts";

/** Recorded runs of the examples, of this version and of all before. */
const test = suite("examples: histories");

async function replayed(...args: readonly string[]): Promise<{ code: number; out: string }> {
  let out = "";
  const write = (text: string): void => {
    out += text;
  };
  const code = await runCommandLine(["replay", ...args], { write, writeError: write });
  return { code, out };
}

test("every recorded run of every example replays with today's code", async () => {
  const { code, out } = await replayed("examples/histories", "--workflows", "examples");
  assert.is(code, 0, out);
  const folders = readdirSync("examples").filter((name) => /^\d\d-/.test(name));
  assert.is(folders.length, 8);
  for (const folder of folders) assert.match(out, `/${folder}.jsonl`);
  for (const run of [1, 2, 3]) assert.match(out, `/07-subscription-chain-${run}.jsonl`);
  assert.match(out, / 0 of them not as recorded/);
});

test("a step that is renamed exits 1, with what was recorded and what the code does", async () => {
  // Below this folder, so that `raftoral` and `tsx` are found.
  const copy = mkdtempSync(resolve("examples", "renamed-"));
  try {
    cpSync("examples/02-order/workflow.ts", join(copy, "workflow.ts"));
    const source = readFileSync(join(copy, "workflow.ts"), "utf8");
    writeFileSync(join(copy, "workflow.ts"), source.replace('step("charge"', 'step("charge-card"'));
    const version = readdirSync("examples/histories").sort().at(-1);
    const history = `examples/histories/${version}/02-order.jsonl`;
    const { code, out } = await replayed(history, "--workflows", copy);
    assert.is(code, 1);
    assert.match(out, /- recorded: step charge\n {2}\+ actual: {3}step charge-card/);
    const json = await replayed(history, "-w", copy, "--json");
    const { divergence } = JSON.parse(json.out);
    assert.equal([divergence.index, divergence.path], [3, "2"]);
  } finally {
    rmSync(copy, { recursive: true });
  }
});

test("a folder without workflows is refused, and the message says how to name them", async () => {
  const { code, out } = await replayed("examples/histories", "--workflows", "examples/data");
  assert.is(code, 2);
  assert.match(out, /has no workflow\.ts/);
});

test.run();
