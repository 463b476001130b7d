import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { compute, type Gen, receive, signal, workflow } from "raftoral";
import { createCluster } from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { busyCluster } from "../fixtures/cluster/busy-cluster.ts";

const test = suite("testing: cluster", { limitMs: 30_000 });

/** Sums of 1 to 8, 9, …: whatever was crashed, paused and cut off meanwhile. */
const SUMS = "36 45 55 66 78";

test("one seed gives one history of whole nodes, twice in this process", async () => {
  const first = await busyCluster(7);
  assert.match(first, new RegExp(`${SUMS}$`));
  assert.is(await busyCluster(7), first);
});

test("one seed gives one history of whole nodes in another process", async () => {
  const other = execFileSync(
    process.execPath,
    [...process.execArgv, "test/fixtures/cluster/busy-cluster.ts", "7"],
    { encoding: "utf8" },
  );
  assert.is(other, await busyCluster(7));
});

test("another seed gives another history", async () => {
  const hashes = new Set<string>();
  for (let seed = 1; seed <= 5; seed++) {
    const outcome = await busyCluster(seed);
    assert.match(outcome, new RegExp(`${SUMS}$`), `SEED=${seed}`);
    hashes.add(outcome);
  }
  assert.is(hashes.size, 5);
});

test("a run that is parked tells where in the user's source its code differs", async () => {
  let name = "ring";
  const go = signal("go");
  const changing = workflow({
    name: "changing",
    run: function* (): Gen<void> {
      yield* compute(name, () => 1); // here
      yield* receive(go);
    },
  });
  const cluster = await createCluster({ nodes: 1, workflows: [changing] });
  try {
    const run = await cluster.node("a").start(changing, undefined, { id: "r" });
    while ((await run.describe()).waitsFor[0]?.kind !== "receive") await cluster.advance(50);
    name = "knock";
    await cluster.restart("a");
    const again = cluster.node("a").get(changing, "r");
    await again.signal(go, undefined);
    while ((await again.describe()).status === "running") await cluster.advance(50);
    const { divergence } = await again.describe();
    assert.equal([divergence?.recorded, divergence?.actual], ["compute ring", "compute knock"]);
    const [, line] = /cluster\.test\.ts:(\d+):\d+$/.exec(divergence?.source ?? "") ?? [];
    const lines = readFileSync("test/testing/cluster.test.ts", "utf8").split("\n");
    assert.match(lines[Number(line) - 1] ?? "", /\/\/ here$/);
  } finally {
    await cluster.stop();
  }
});

test.run();
