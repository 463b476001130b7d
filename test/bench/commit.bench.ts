import { realPorts } from "../../src/node/ports.ts";
import { Replica } from "../../src/replica/replica.ts";
import { nodeId } from "../../src/std/ids.ts";
import { createMemoryLogStore } from "../../src/storage/memory.ts";
import { MemorySnapshots } from "../../src/storage/memory-snapshots.ts";
import { createMemoryNetwork } from "../../src/transport/memory.ts";
import { ToyMachine, type ToyReply } from "../fixtures/replica/toy-machine.ts";
import { type Bench, ofSamples, type Report, withFloor } from "./harness.ts";

// From `propose` to the reply, in one process, on memory: what the loop itself costs.

const SAMPLES = 3_000;
const WARM_UP = 2_000;
const COALESCED = 200_000;
const ROUND = 5_000;

class CountingMachine extends ToyMachine {
  count = 0;
  override apply(): { reply: ToyReply; events: readonly string[] } {
    return { reply: { place: ++this.count, index: 0 }, events: [] };
  }
}

function group(size: number): readonly Replica<ToyReply, string>[] {
  const { chance, clock, timers } = realPorts();
  const network = createMemoryNetwork({ timers });
  const voters = Array.from({ length: size }, (_, i) => ({ id: nodeId(i + 1), name: `n${i + 1}` }));
  return voters.map((self) => {
    const transport = network.join(self.name);
    const replica = new Replica<ToyReply, string>({
      self,
      clusterUuid: "bench",
      group: 1,
      origin: chance.id(),
      clock,
      timers,
      below: chance.below,
      snapshots: new MemorySnapshots(),
      store: createMemoryLogStore(),
      transport,
      machine: new CountingMachine(),
      subscriber: { onApplied: () => {} },
      bootstrap: { voters },
    });
    transport.listen({
      onMessage: (from, body) => replica.receive(from, body),
      onRequest: () => new Promise(() => {}),
      onUndelivered: (to) => replica.undelivered(to),
    });
    replica.start();
    return replica;
  });
}

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

async function elected(
  replicas: readonly Replica<ToyReply, string>[],
): Promise<Replica<ToyReply, string>> {
  replicas[0]?.campaign();
  for (;;) {
    const leader = replicas.find((replica) => replica.status().role === "leader");
    if (leader !== undefined) return leader;
    await turn();
  }
}

async function latencies(replica: Replica<ToyReply, string>): Promise<readonly number[]> {
  const command = new Uint8Array(100);
  const samples: number[] = [];
  for (let i = 0; i < WARM_UP + SAMPLES; i++) {
    const started = performance.now();
    await replica.propose(command);
    if (i >= WARM_UP) samples.push((performance.now() - started) * 1_000);
  }
  return samples;
}

/** Proposals a second, where each turn brings `ROUND` of them. */
async function coalesced(replica: Replica<ToyReply, string>): Promise<number> {
  const command = new Uint8Array(100);
  const started = performance.now();
  for (let left = COALESCED; left > 0; left -= ROUND) {
    const round: Promise<unknown>[] = [];
    for (let i = 0; i < ROUND; i++) round.push(replica.propose(command));
    await Promise.all(round);
  }
  return COALESCED / ((performance.now() - started) / 1_000);
}

async function turnMicroseconds(): Promise<number> {
  const samples: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    const started = performance.now();
    await turn();
    samples.push((performance.now() - started) * 1_000);
  }
  return ofSamples("turn", "us", samples).value;
}

export const bench: Bench = {
  name: "commit",
  async run(report: Report): Promise<void> {
    const floor = await turnMicroseconds();
    for (const size of [1, 3]) {
      const replicas = group(size);
      const leader = await elected(replicas);
      const budget = size === 3 ? { budget: 60 } : {};
      const own = ofSamples(`commit: ${size} in memory`, "us", await latencies(leader));
      report({ ...withFloor(own, floor), ...budget });
      const follower = replicas.find((replica) => replica !== leader);
      if (follower !== undefined) {
        const name = `commit: ${size} in memory, by a follower`;
        report(withFloor(ofSamples(name, "us", await latencies(follower)), floor));
      }
      const value = await coalesced(leader);
      report({ name: `commit: ${size} in memory, coalesced`, unit: "per-second", value });
      for (const replica of replicas) replica.stop();
    }
  },
};
