import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCommandLine } from "../../src/cli/command-line.ts";

const test = suite("cli: command line");

async function ran(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runCommandLine(args, {
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

test("without words it lists the commands and is content", async () => {
  const { code, out, err } = await ran();
  assert.is(code, 0);
  assert.match(out, /lint/);
  assert.is(err, "");
});

test("--help is no failure", async () => {
  assert.is((await ran("--help")).code, 0);
  assert.is((await ran("lint", "--help")).code, 0);
});

test("--version tells the package's, and nothing else", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  assert.equal(await ran("--version"), { code: 0, out: `${version}\n`, err: "" });
});

test("an unknown command is named, and exits with 2", async () => {
  const { code, err } = await ran("nonsense");
  assert.is(code, 2);
  assert.match(err, /nonsense/);
});

test("what is no JSON is shown, an empty text too, before anybody is asked", async () => {
  const flags: readonly (readonly string[])[] = [
    ["start", "flow", "--input"],
    ["signal", "run", "go", "--value"],
  ];
  for (const words of flags) {
    const flag = words.at(-1);
    const empty = await ran(...words, "");
    assert.is(empty.code, 2);
    assert.ok(empty.err.includes(`${flag} is not JSON: "", which is empty; a text is written`));
    assert.match((await ran(...words, "so")).err, /is not JSON: so;/);
  }
});

test("an unknown option exits with 2", async () => {
  const { code, err } = await ran("lint", "--nonsense");
  assert.is(code, 2);
  assert.match(err, /--nonsense/);
});

test("an error of ours is told with its code", async () => {
  const { code, err } = await ran("lint", "-p", "no-such-folder/tsconfig.json");
  assert.is(code, 2);
  assert.match(err, /\(lint-config-invalid\)/);
});

test.run();
