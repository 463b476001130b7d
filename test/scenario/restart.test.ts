import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkpoint,
  compute,
  type Node,
  RaftoralError,
  sleep,
  startNode,
  workflow,
} from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";

/** One node with a directory, on real files: what it knew is there when it comes back. */
const test = suite("scenario: restart", { limitMs: 30_000 });

const executed: string[] = [];
const slow = workflow({
  name: "slow",
  run: function* (name: string) {
    const first = yield* compute("first", () => executed.push(`${name} first`));
    yield* checkpoint("between", first);
    yield* sleep("300ms");
    yield* compute("second", () => executed.push(`${name} second`));
    return `${name} done`;
  },
});

type Start = () => Promise<Node>;

/** Wherever the engine runs. */
function law(title: string, body: (start: Start, dataDir: string) => Promise<void>): void {
  for (const engine of ["inline", "worker"] as const) {
    test(`${title} (${engine})`, async () => {
      executed.length = 0;
      const dataDir = mkdtempSync(join(tmpdir(), "node-"));
      const options = { workflows: [slow], dataDir, engine, logLevel: "silent" } as const;
      try {
        await body(() => startNode(options), dataDir);
      } finally {
        rmSync(dataDir, { recursive: true, force: true });
      }
    });
  }
}

law("a run goes on where it was when its node comes back", async (start) => {
  const node = await start();
  const run = await node.start(slow, "a", { id: "run" });
  // The Start, the first result, the checkpoint: recorded, so never done again.
  while ((await run.describe()).records < 3) await new Promise((next) => setTimeout(next, 5));
  await node.stop({ drain: 0 });
  const again = await start();
  assert.is(await again.get(slow, "run").result(), "a done");
  assert.equal(executed, ["a first", "a second"]);
  await again.stop();
});

law("an end that was told is told again, after any number of restarts", async (start, dataDir) => {
  for (let i = 0; i < 5; i++) {
    const node = await start();
    const run = await node.start(slow, "b", { id: "run" });
    assert.is(await run.result(), "b done");
    await node.stop({ drain: 0 });
  }
  assert.is(executed.filter((name) => name.startsWith("b")).length, 2);
  assert.ok(readdirSync(join(dataDir, "log")).length <= 4);
});

law("a directory that is in use is refused, and named", async (start) => {
  const node = await start();
  const refused = await start().then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(refused instanceof RaftoralError);
  assert.is(refused.code, "directory-in-use");
  assert.match(refused.message, `process ${process.pid}`);
  await node.stop();
  await (await start()).stop();
});

test.run();
