import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type NatsServer, startNatsServer } from "../../examples/nats/server.ts";
import { asked, type NodeProcess, nodeProcess, type Ran } from "../fixtures/cli/run.ts";

/** User code that blocks its event loop, in processes of its own. */
const test = suite("scenario: blocked", { limitMs: 180_000 });

interface World {
  start(name: string, ...more: readonly string[]): Promise<NodeProcess>;
  ask(...args: readonly string[]): Promise<Ran>;
  json(...args: readonly string[]): Promise<Record<string, unknown>>;
}

async function within(body: (world: World) => Promise<void>): Promise<void> {
  const server: NatsServer = await startNatsServer();
  const all: Promise<NodeProcess>[] = [];
  const top = mkdtempSync(join(tmpdir(), "blocked-"));
  const where = ["--cluster", "blocked", "--nats", server.url];
  let isOver = false;
  const world: World = {
    start: async (name, ...more) => {
      assert.not(isOver, "the test is over");
      const starting = nodeProcess(name, [...where, "--data", join(top, name), ...more]);
      all.push(starting);
      return await starting;
    },
    ask: (...args) => asked([...args, ...where, "--timeout", "20s"]),
    json: async (...args) => {
      const { code, out, err } = await world.ask(...args, "--json");
      assert.is(code, 0, `${args.join(" ")}: ${err}`);
      return JSON.parse(out);
    },
  };
  try {
    await body(world);
  } finally {
    isOver = true;
    const nodes = (await Promise.allSettled(all)).flatMap((one) =>
      one.status === "fulfilled" ? [one.value] : [],
    );
    for (const { kill } of nodes) kill("SIGKILL");
    await Promise.all(nodes.map(({ exit }) => exit));
    await server.stop();
    rmSync(top, { recursive: true, force: true });
  }
}

async function until<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
  const untilMs = performance.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(performance.now() < untilMs, `never so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const line = (node: NodeProcess, words: string): Record<string, unknown> | undefined => {
  const found = node.said.find((said) => said.includes(words));
  return found === undefined ? undefined : JSON.parse(found);
};

async function three(world: World, ...more: readonly string[]): Promise<Map<string, NodeProcess>> {
  const names = ["a", "b", "c"];
  const nodes = await Promise.all(
    names.map((name) => world.start(name, "--expect", names.join(","), ...more)),
  );
  return new Map(names.map((name, i) => [name, nodes[i]] as [string, NodeProcess]));
}

test("ten seconds of a blocked leader: no election, a report, the others go on", () =>
  within(async (world) => {
    const { ask, json } = world;
    const nodes = await three(world);
    await json("start", "blocking", "--input", "10000", "--id", "long");
    const { owner } = await json("show", "long");
    await json("cluster", "transfer", String(owner));
    const { term } = await json("cluster", "status");
    const blocked = nodes.get(String(owner));
    assert.ok(blocked);
    const report = await until(async () => line(blocked, "user code blocks"), "a report");
    assert.is(report["workflowId"], "long");
    assert.match(String(report["at"]), /^\d+ compute spin$/);
    assert.ok(Number(report["blockedMs"]) < 2_000, String(report["blockedMs"]));
    const started = await ask("start", "add-up", "--input", "10", "--wait");
    assert.is(started.out, "55\n");
    assert.is((await json("result", "long"))["result"], "done");
    const after = await json("cluster", "status");
    assert.is(after["term"], term, "no election");
    assert.is(after["leader"], owner);
    await until(async () => line(blocked, "given its event loop back"), "that it is over");
    assert.is((await json("show", "long"))["owner"] ?? owner, owner);
  }));

test("a body that loops for ever is handed over, set aside, and the group lives", () =>
  within(async (world) => {
    const { ask, json } = world;
    const flags = ["--owner-blocked-limit", "2s"];
    const nodes = await three(world, ...flags);
    await json("start", "endless", "--id", "poison");
    // As a supervisor: whoever ends comes back.
    for (const [name, node] of nodes) {
      const again = async (): Promise<void> => {
        const code = await node.exit;
        if (code === null) await world.start(name, "--join", ...flags).catch(() => {});
      };
      void again();
    }
    const parked = await until(async () => {
      const { code, out } = await ask("show", "poison", "--json");
      const run = code === 0 ? JSON.parse(out) : {};
      return run.status === "parked" ? run : undefined;
    }, "set aside");
    assert.match(parked.reason, /poison|ended/);
    assert.is((await ask("start", "add-up", "--input", "10", "--wait")).out, "55\n");
    const killed = (): NodeProcess[] =>
      [...nodes.values()].filter((node) => line(node, "this process ends itself"));
    await until(async () => (killed().length === 2 ? true : undefined), "two owners end");
    for (const node of killed()) {
      const said = line(node, "user code blocks");
      assert.is(said?.["workflowId"], "poison");
      assert.match(String(said?.["at"]), /the workflow, after \d+ sleep/);
      assert.is(await node.exit, null, "by a signal");
    }
  }));

test.run();
