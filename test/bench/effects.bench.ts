import { startNode } from "../../src/node/start-node.ts";
import { createCluster } from "../../src/testing/cluster.ts";
import { workflow } from "../../src/workflow/dsl/define.ts";
import { compute } from "../../src/workflow/dsl/step.ts";
import { checkpoint } from "../../src/workflow/dsl/write-behind.ts";
import { eventLoopTurnUs } from "./floors.ts";
import { type Bench, quantile, type Report, withFloor } from "./harness.ts";

// Whole nodes in one process, in memory: what a run's effects cost from the body's end
// to the next one.

const SEQUENTIAL = 2_000;
const RUNS_AT_ONCE = 128;
const EFFECTS_EACH = 100;
const CHECKPOINTS = 1_000;

const sequence = workflow({
  name: "sequence",
  run: function* (effects: number) {
    let sum = 0;
    for (let i = 0; i < effects; i++) sum += yield* compute("add", () => 1);
    return sum;
  },
});

const diary = workflow({
  name: "diary",
  run: function* (entries: number) {
    for (let i = 0; i < entries; i++) yield* checkpoint("page", i);
  },
});

interface Starter {
  start: Awaited<ReturnType<typeof startNode>>["start"];
}

/** Effects a second of `runs` runs at once. */
async function throughput(node: Starter, runs: number, effects: number): Promise<number> {
  const started = performance.now();
  const handles = await Promise.all(
    Array.from({ length: runs }, () => node.start(sequence, effects)),
  );
  const sums = await Promise.all(handles.map((handle) => handle.result()));
  if (sums.some((sum) => sum !== effects)) throw new Error("an effect is missing");
  return (runs * effects) / ((performance.now() - started) / 1_000);
}

async function measure(node: Starter, nodes: number, report: Report): Promise<void> {
  const turns = 1e6 / quantile(await eventLoopTurnUs(), 0.5);
  await throughput(node, RUNS_AT_ONCE, 10);
  const say = (runs: number, value: number): void =>
    report(
      withFloor(
        { name: `effects: ${nodes} in memory, ${runs} runs at once`, unit: "per-second", value },
        turns,
      ),
    );
  say(1, await throughput(node, 1, SEQUENTIAL));
  say(RUNS_AT_ONCE, await throughput(node, RUNS_AT_ONCE, EFFECTS_EACH));
}

export const bench: Bench = {
  name: "effects",
  async run(report) {
    const alone = await startNode({ workflows: [sequence, diary], logLevel: "silent" });
    try {
      await measure(alone, 1, report);
      const before = alone.status().commit;
      await (await alone.start(diary, CHECKPOINTS)).result();
      const value = alone.status().commit - before;
      report({ name: "one run of 1,000 checkpoints", unit: "entries", value, budget: 10 });
    } finally {
      await alone.stop();
    }
    const cluster = await createCluster({ workflows: [sequence, diary], clock: "real" });
    try {
      await measure(cluster.node(cluster.leader() ?? "a"), 3, report);
    } finally {
      await cluster.stop();
    }
  },
};
