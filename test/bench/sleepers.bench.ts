import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Node, race, receive, signal, sleep, startNode, workflow } from "raftoral";
import { type Bench, ofSamples } from "./harness.ts";

// Runs that sleep for a day on one node in memory: what they cost it, log included, and what
// waking one of them takes, from the signal until its result is here.

const RUNS = 100_000;
const AT_ONCE = 2_000;
const WAKES = 100;
const BUDGET_BYTES = 300_000_000;

const wake = signal<number>("wake");

const sleeper = workflow({
  name: "sleeper",
  run: function* (order: { readonly id: string; readonly quantity: number }) {
    const woken = yield* race([sleep("1 day"), receive(wake)]);
    return woken.tag === 1 ? woken.value + order.quantity : 0;
  },
});

export const bench: Bench = {
  name: "sleepers",
  async run(report) {
    const before = heapBytes();
    const node = await startNode({ workflows: [sleeper], logLevel: "error" });
    try {
      const started = performance.now();
      await startAll(node);
      const perSecond = (RUNS * 1_000) / (performance.now() - started);
      const bytes = heapBytes() - before;
      const name = `memory of ${RUNS.toLocaleString("en")} sleeping runs`;
      report({ name, unit: "bytes", value: bytes, budget: BUDGET_BYTES });
      report({ name: "of one of them", unit: "bytes", value: bytes / RUNS });
      report({ name: "starts", unit: "per-second", value: perSecond });
      report(ofSamples("from signal to result of one", "ms", await wakes(node)));
    } finally {
      await node.stop({ drain: 0 });
    }
  },
};

async function startAll(node: Node): Promise<void> {
  for (let from = 0; from < RUNS; from += AT_ONCE) {
    const ids = Array.from({ length: AT_ONCE }, (_, i) => `order-${from + i}`);
    await Promise.all(ids.map((id) => node.start(sleeper, { id, quantity: 1 }, { id })));
  }
}

async function wakes(node: Node): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let i = 0; i < WAKES; i++) {
    const run = node.get(sleeper, `order-${i * 7}`);
    const started = performance.now();
    await run.signal(wake, i);
    if ((await run.result()) !== i + 1) throw new Error("a sleeper woke to another result");
    samples.push(performance.now() - started);
  }
  return samples;
}

/** What is alive after a collection. */
function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
