// run: beside
import { spawn } from "node:child_process";
import { once } from "node:events";
import { suite } from "uvu";
import * as assert from "uvu/assert";

/** What a newcomer runs first; its last line is for machines. */
const test = suite("examples: demo", { limitMs: 120_000 });

async function demo(...flags: readonly string[]): Promise<Record<string, unknown>> {
  const args = [...process.execArgv, "examples/demo.ts", "--json", ...flags];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (bytes) => {
    out += String(bytes);
  });
  const [code] = await once(child, "close");
  assert.is(code, 0, out);
  return JSON.parse(out.trimEnd().split("\n").at(-1) ?? "");
}

test("on disk and over processes it is as in memory: every order, charged once", async () => {
  const reports = [await demo(), await demo("--data"), await demo("--processes")] as const;
  assert.equal(Object.keys(reports[1]), Object.keys(reports[0]));
  assert.equal(Object.keys(reports[2]), Object.keys(reports[0]));
  assert.equal(
    reports.map(({ mode }) => mode),
    ["memory", "data", "processes"],
  );
  for (const { completed, orders, failed, killed, chargesApplied, ordersCharged } of reports) {
    assert.equal([orders, completed, failed], [200, 200, 0]);
    assert.is(chargesApplied, ordersCharged);
    assert.is((killed as string[]).length, 1);
  }
});

test.run();
