import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCommandLine } from "../../src/cli/command-line.ts";

const test = suite("cli: simulate", { limitMs: 120_000 });

const MODULE = "test/fixtures/simulate/programs.ts";

async function ran(...args: readonly string[]): Promise<{ code: number; out: string }> {
  let out = "";
  const write = (text: string): void => {
    out += text;
  };
  const code = await runCommandLine(["simulate", ...args], { write, writeError: write });
  return { code, out };
}

test("a program that keeps its laws exits 0, and says how much it went through", async () => {
  const { code, out } = await ran(MODULE, "--program", "atLeastOnce", "--seeds", "5");
  assert.is(code, 0, out);
  assert.match(out, /^ok {6}atLeastOnce: 5 seeds, [1-9]\d* faults, every law kept\n$/);
});

test("a broken law exits 1 with seed, place, faults, and the command to see it again", async () => {
  const { code, out } = await ran(MODULE, "--seeds", "40");
  assert.is(code, 1, out);
  assert.match(out, /^ok {6}atLeastOnce: 40 seeds/);
  assert.match(out, /^failed {2}exactlyOnce: seed \d+: [4-9] letters$/m);
  assert.match(out, /^ {2}source: test\/fixtures\/simulate\/programs\.ts:45:\d+$/m);
  assert.match(out, /^ {2}after: {2}(kill|cut off|pause) [abc], /m);
  assert.not.match(out, "other");
  const [, command = ""] = /^ {2}again: {2}npx raftoral simulate (.+)$/m.exec(out) ?? [];
  const again = await ran(...command.split(" "));
  assert.is(again.code, 1);
  assert.is(`${again.out}`, out.slice(out.indexOf("failed")));
});

test("--json is a line for each program; --faults names those that happen", async () => {
  const faults = ["--faults", "crash,loss=0.02"];
  const { code, out } = await ran(MODULE, ...faults, "--seeds", "40", "--json");
  assert.is(code, 1);
  const [good, bad] = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal([good.program, good.kind, good.seeds], ["atLeastOnce", "ok", 40]);
  assert.equal([bad.program, bad.kind], ["exactlyOnce", "failed"]);
  assert.match(bad.again, `--seed ${bad.seed} --faults crash,loss=0.02`);
  for (const what of bad.happened) assert.match(what, /^(kill [abc]|[abc] is back)$/);
  const calm = await ran(MODULE, "--faults", "none", "--seeds", "3");
  assert.is(calm.code, 0);
  assert.match(calm.out, "exactlyOnce: 3 seeds, 0 faults");
});

test("what cannot be played exits 2, and the message says what can", async () => {
  for (const [flags, says] of [
    [["--seeds", "0"], /--seeds 0: a whole number from 1 on/],
    [["--seed", "x"], /--seed x: a whole number from 1 on/],
    [["--nodes", "99"], /nodes: a number from 1 to 26/],
    [["--faults", "flood"], /--faults flood: of crash, partition, pause, loss=0\.01; or none/],
    [["--program", "other"], /exports no simulation "other": export \{ workflows, outside, run/],
  ] as const) {
    const { code, out } = await ran(MODULE, ...flags);
    assert.is(code, 2, flags.join(" "));
    assert.match(out, says);
  }
});

test("who waits for what never comes fails with a seed, and does not end silently", () => {
  const node = ["--conditions=@raftoral/source", "--import", "tsx", "src/cli/main.ts"];
  for (const name of ["runNever", "checkNever"]) {
    const args = [...node, "simulate", "test/fixtures/simulate/endless.ts", "--program", name];
    const { status, stdout } = spawnSync(process.execPath, args, {
      encoding: "utf8",
      timeout: 60_000,
    });
    assert.is(status, 1, stdout);
    assert.match(stdout, new RegExp(`^failed {2}${name}: seed 1: .*waits for what never comes`));
    assert.match(stdout, `--program ${name} --nodes 3 --seed 1`);
  }
});

test("a module that is missing, or a folder, is told as that", async () => {
  for (const [path, says] of [
    ["test/fixtures/simulate/missing.ts", /missing\.ts: there is no such file/],
    ["test/fixtures/simulate", /simulate: it is a folder: name a module/],
  ] as const) {
    const { code, out } = await ran(path);
    assert.is(code, 2);
    assert.match(out, says);
  }
});

test.run();
