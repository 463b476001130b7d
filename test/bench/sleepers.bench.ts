import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Node, startNode } from "raftoral";
import { type Bench, ofSamples } from "./harness.ts";
import { sleeper, startSleepers, wake } from "./sleeper.ts";

// Runs that sleep for a day on one node in memory: what they cost it, log included, and what
// waking one of them takes, from the signal until its result is here.

const RUNS = 100_000;
const WAKES = 100;
const BUDGET_BYTES = 300_000_000;

export const bench: Bench = {
  name: "sleepers",
  async run(report) {
    const before = heapBytes();
    const node = await startNode({ workflows: [sleeper], logLevel: "error" });
    try {
      const started = performance.now();
      await startSleepers(node, RUNS);
      const perSecond = (RUNS * 1_000) / (performance.now() - started);
      // Looked at in order: when the last one answers, all have come to rest.
      await wakeOf(node, RUNS - 1);
      const restsPerSecond = (RUNS * 1_000) / (performance.now() - started);
      const bytes = heapBytes() - before;
      const name = `memory of ${RUNS.toLocaleString("en")} sleeping runs`;
      report({ name, unit: "bytes", value: bytes, budget: BUDGET_BYTES });
      report({ name: "of one of them", unit: "bytes", value: bytes / RUNS });
      report({ name: "starts", unit: "per-second", value: perSecond });
      report({ name: "starts, until all rest", unit: "per-second", value: restsPerSecond });
      report(ofSamples("from signal to result of one", "ms", await wakes(node)));
    } finally {
      await node.stop({ drain: 0 });
    }
  },
};

async function wakes(node: Node): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let i = 0; i < WAKES; i++) {
    samples.push(await wakeOf(node, i * 7));
  }
  return samples;
}

/** Milliseconds from the signal to the result. */
async function wakeOf(node: Node, number: number): Promise<number> {
  const run = node.get(sleeper, `order-${number}`);
  const started = performance.now();
  await run.signal(wake, number);
  if ((await run.result()) !== number + 1) throw new Error("a sleeper woke to another result");
  return performance.now() - started;
}

/** What is alive after a collection. */
function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
