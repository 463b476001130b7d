import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compute, memoryNetwork, RaftoralError, startNode, workflow } from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";

/** Ways to name a directory. */
const test = suite("scenario: directories", { limitMs: 60_000 });

const one = workflow({
  name: "one",
  run: function* (n: number) {
    return yield* compute("n", () => n);
  },
});

const start = (dataDir: string): ReturnType<typeof startNode> =>
  startNode({ workflows: [one], dataDir, logLevel: "silent" });

async function inDirectory(act: (top: string) => Promise<void>): Promise<void> {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "directories-")));
  try {
    await act(top);
  } finally {
    rmSync(top, { recursive: true });
  }
}

test("a relative dataDir is that of the start, wherever the process goes later", () =>
  inDirectory(async (top) => {
    const before = process.cwd();
    process.chdir(top);
    try {
      const node = await start("data");
      process.chdir(before);
      assert.is(await (await node.start(one, 1, { id: "a" })).result(), 1);
      await node.stop({ drain: 0 });
      assert.not.ok(existsSync(join(top, "data/lock")), "it is given up");
      assert.not.ok(existsSync(join(before, "data/log")));
      const again = await start(join(top, "data"));
      assert.is(await again.get(one, "a").result(), 1);
      await again.stop({ drain: 0 });
    } finally {
      process.chdir(before);
    }
  }));

test("a directory is that of one name: a copy of it is no second node, nor that one renamed", () =>
  inDirectory(async (top) => {
    const network = memoryNetwork();
    const named = (name: string, dataDir: string): ReturnType<typeof startNode> =>
      startNode({ workflows: [one], name, dataDir, network, logLevel: "silent" });
    const a = await startNode({
      workflows: [one],
      name: "a",
      dataDir: join(top, "a"),
      network,
      boot: "bootstrap",
      logLevel: "silent",
    });
    await a.stop({ drain: 0 });
    cpSync(join(top, "a"), join(top, "b"), { recursive: true });
    const error = await named("b", join(top, "b")).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof RaftoralError && error.code === "invalid-argument", String(error));
    assert.match(error.message, /is the directory of node "a", and this one is called "b"/);
    await (await named("a", join(top, "a"))).stop({ drain: 0 });
  }));

test("a node whose directory another process took meanwhile ends, and says why", () =>
  inDirectory(async (top) => {
    const node = await start(join(top, "data"));
    writeFileSync(join(top, "data/lock"), "1 17 elsewhere\n");
    while (node.status().role !== "failed") await new Promise((next) => setTimeout(next, 50));
    const error = await node.start(one, 1, { id: "a" }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof RaftoralError && error.code === "node-failed", String(error));
    assert.match(error.message, /another process has this directory now/);
    await node.stop({ drain: 0 });
    assert.match(readFileSync(join(top, "data/lock"), "utf8"), "elsewhere");
  }));

test("a directory that is in use is so by each of its names", () =>
  inDirectory(async (top) => {
    const node = await start(join(top, "data"));
    symlinkSync(join(top, "data"), join(top, "link"));
    const error = await start(join(top, "link")).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof RaftoralError && error.code === "directory-in-use", String(error));
    await node.stop({ drain: 0 });
    await (await start(join(top, "link"))).stop({ drain: 0 });
  }));

test.run();
