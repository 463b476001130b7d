import { type Node, startNode } from "raftoral";
import { sleeper, startSleepers, wake } from "../sleeper.ts";
import { longestTurn } from "../stretches.ts";

// One life of a node on a directory, in a process of its own: `fill` starts that many runs, which
// sleep for a day; without it the life is a restart, and says as JSON what that took.

/** How long it is watched after it was ready: what a restart left to do is done meanwhile. */
const AFTER_MS = 5_000;

const [, , dataDir = "", fill = "0"] = process.argv;

const cpuSeconds = (): number => {
  const { system, user } = process.cpuUsage();
  return (system + user) / 1e6;
};

const begin = (): ReturnType<typeof startNode> =>
  startNode({ workflows: [sleeper], dataDir, logLevel: "error" });

async function filled(runs: number): Promise<object> {
  const node = await begin();
  await startSleepers(node, runs);
  while (!(await allRest(node))) await new Promise((done) => setTimeout(done, 500));
  const { disk, logEntries } = node.status();
  return { logEntries, bytes: (disk?.logBytes ?? 0) + (disk?.snapshotBytes ?? 0) };
}

/** Their owner has told that they rest, and what they wait for: they are cold from here on. */
async function allRest(node: Node): Promise<boolean> {
  for (let cursor: string | undefined; ; ) {
    const page = await node.list({ limit: 1_000, ...(cursor === undefined ? {} : { cursor }) });
    for (const { workflowId } of page.runs) {
      const { waitsFor } = await node.get(sleeper, workflowId).describe({ stale: true });
      if (waitsFor.length === 0) return false;
    }
    cursor = page.cursor;
    if (cursor === undefined) return true;
  }
}

async function restarted(): Promise<object> {
  const [startedMs, startedCpu] = [performance.now(), cpuSeconds()];
  let readyMs = 0;
  let readyCpu = 0;
  let wokenMs = 0;
  const turn = await longestTurn(async () => {
    const node = await begin();
    readyMs = performance.now() - startedMs;
    readyCpu = cpuSeconds() - startedCpu;
    const run = node.get(sleeper, "order-7");
    await run.signal(wake, 1);
    if ((await run.result()) !== 2) throw new Error("it woke to another result");
    wokenMs = performance.now() - startedMs;
    await new Promise((done) => setTimeout(done, AFTER_MS));
    await run.describe();
  });
  return { readyMs, readyCpu, wokenMs, cpu: cpuSeconds() - startedCpu, turnMs: turn.cpuMs };
}

const said = fill === "0" ? await restarted() : await filled(Number(fill));
process.stdout.write(`${JSON.stringify(said)}\n`, () => process.kill(process.pid, "SIGKILL"));
