import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";

/** The examples by number, as `npm run example NN` runs them. */
const test = suite("examples: tutorial", { limitMs: 120_000 });

const SAYS: Readonly<Record<string, RegExp>> = {
  "01-hello": /^Hello, world, on \d{4}-\d\d-\d\d\n$/,
  "02-order": /^confirmed: receipt 7 1; ada has 1 order\n$/,
  "03-approval": /^granted by grace; nobody answered\n$/,
  "04-trip": /^booked flight-1 and hotel-1\ntrip-2 failed: .*full\nflight-2 is cancelled\n$/,
  "05-fan-out": /^1100 bytes\n$/,
  "06-children": /^14000 in 4 runs\n$/,
  "07-subscription": /^paid 3 periods or more, moved away\n$/,
  "08-polling": /^film: from part 2 in attempt 2; ready when asked 3 times\n$/,
};

async function ran(...args: readonly string[]): Promise<{ readonly out: string; code: unknown }> {
  const child = spawn(process.execPath, [...process.execArgv, "examples/example.ts", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", (bytes) => {
    out += String(bytes);
  });
  const [code] = await once(child, "close");
  return { out, code };
}

const folders = readdirSync("examples").filter((name) => /^\d\d-/.test(name));

test("each example ends, and says what it should", async () => {
  assert.equal(folders.sort(), Object.keys(SAYS));
  for (const folder of folders) {
    const { code, out } = await ran(folder.slice(0, 2));
    assert.is(code, 0, folder);
    assert.match(out, SAYS[folder] ?? /none/, folder);
  }
});

test("each is two files of at most 80 lines", () => {
  for (const folder of folders) {
    const files = readdirSync(`examples/${folder}`).sort();
    assert.equal(files, ["start.ts", "workflow.ts"]);
    const long = files.filter(
      (file) => readFileSync(`examples/${folder}/${file}`, "utf8").split("\n").length > 81,
    );
    assert.equal(long, []);
  }
});

test.run();
