import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compute, startNode, workflow } from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCommandLine } from "../../src/cli/command-line.ts";

/** On directories that a real node left. */
const test = suite("cli: doctor", { limitMs: 60_000 });

const one = workflow({
  name: "one",
  run: function* (n: number) {
    return yield* compute("n", () => n);
  },
});

async function onHome(body: (dataDir: string) => Promise<void>, isStopped = true): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "doctor-"));
  const node = await startNode({ workflows: [one], dataDir, logLevel: "silent" });
  try {
    for (let i = 0; i < 10; i++) await (await node.start(one, i)).result();
    if (isStopped) await node.stop({ drain: 0 });
    await body(dataDir);
  } finally {
    await node.stop({ drain: 0 });
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function doctor(...args: readonly string[]): Promise<{ code: number; out: string }> {
  let out = "";
  const write = (text: string): void => {
    out += text;
  };
  const code = await runCommandLine(["doctor", ...args], { write, writeError: write });
  return { code, out };
}

const SEGMENT = "log/0000000000000001.seg";

function flip(path: string, ...ats: readonly number[]): void {
  const bytes = readFileSync(path);
  for (const at of ats) bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
}

test("a sound directory: 0, with what it holds", () =>
  onHome(async (dataDir) => {
    const { code, out } = await doctor(dataDir, "--json");
    assert.is(code, 0, out);
    const report = JSON.parse(out);
    assert.equal(report.problems, []);
    assert.is(report.entries.first, 1);
    assert.ok(report.entries.last > 20);
    assert.is(report.segments.length, 1);
    assert.is(report.vote, "found");
    assert.is(report.hardState.vote, report.identity.node);
    assert.match((await doctor(dataDir)).out, "sound");
  }));

test("entries that rotted: 1, and which they are", () =>
  onHome(async (dataDir) => {
    flip(join(dataDir, SEGMENT), 32 + 40);
    const { code, out } = await doctor(dataDir, "--json");
    assert.is(code, 1, out);
    const report = JSON.parse(out);
    assert.is(report.faulty[0].index, 1);
    assert.match(report.problems[0], "are not what was written");
    assert.is((await doctor(dataDir, "--json")).out, out, "looking changes nothing");
  }));

test("a log that is cut, or lacks its register and a byte: 1, and what is lost", () =>
  onHome(async (dataDir) => {
    flip(join(dataDir, SEGMENT), 32 + 40);
    truncateSync(join(dataDir, "log/0000000000000001.reg"), 0);
    const { code, out } = await doctor(dataDir);
    assert.is(code, 1);
    assert.match(out, "saves 1 to 1 are not what was written");
  }));

test("a vote whose copies are both damaged: 1", () =>
  onHome(async (dataDir) => {
    flip(join(dataDir, "log/vote"), 10, 522);
    const { code, out } = await doctor(dataDir);
    assert.is(code, 1);
    assert.match(out, "both copies of the vote");
  }));

test("a directory in use is refused, and one that is no node's: 2", () =>
  onHome(async (dataDir) => {
    const used = await doctor(dataDir);
    assert.is(used.code, 2);
    assert.match(used.out, "directory-in-use");
    const other = await doctor(tmpdir());
    assert.is(other.code, 2);
    assert.match(other.out, "is no directory of a node");
  }, false));

test.run();
