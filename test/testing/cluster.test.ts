import { execFileSync } from "node:child_process";
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

test.run();
