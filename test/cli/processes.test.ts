// run: beside
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type NatsServer, startNatsServer } from "../../examples/nats/server.ts";
import {
  asked,
  type NodeProcess,
  nodeProcess,
  type Ran,
  ran,
  startingProcess,
} from "../fixtures/cli/run.ts";

/** The command line, and nodes and a nats-server as processes of their own. */
const test = suite("cli: processes", { limitMs: 240_000 });

const CLUSTER = "cli";
const NAMES = ["a", "b", "c"];

interface World {
  readonly server: NatsServer;
  readonly nodes: Map<string, NodeProcess>;
  readonly top: string;
  start(name: string, ...more: readonly string[]): Promise<NodeProcess>;
  /** A command that asks the cluster. */
  ask(...args: readonly string[]): Promise<Ran>;
  /** The same, as a process of its own. */
  askApart(...args: readonly string[]): Promise<Ran>;
  json(...args: readonly string[]): Promise<Record<string, unknown>>;
}

async function within(body: (world: World) => Promise<void>): Promise<void> {
  const server = await startNatsServer();
  const top = mkdtempSync(join(tmpdir(), "cli-"));
  const nodes = new Map<string, NodeProcess>();
  const where = ["--cluster", CLUSTER, "--nats", server.url];
  const world: World = {
    server,
    nodes,
    top,
    start: async (name, ...more) => {
      const args = [...where, "--data", join(top, name), ...more];
      const node = await nodeProcess(name, args, { env: { NOTES: join(top, "notes") } });
      nodes.set(name, node);
      return node;
    },
    ask: (...args) => asked([...args, ...where, "--timeout", "20s"]),
    askApart: (...args) => ran([...args, ...where, "--timeout", "20s"]),
    json: async (...args) => {
      const { code, out, err } = await world.ask(...args, "--json");
      assert.is(code, 0, `${args.join(" ")}: ${err}`);
      return JSON.parse(out);
    },
  };
  try {
    await body(world);
  } catch (thrown) {
    for (const { name, pid, said } of nodes.values())
      process.stderr.write(`${name}, process ${pid}, said last: ${said.slice(-20).join("\n  ")}\n`);
    throw thrown;
  } finally {
    for (const { kill } of nodes.values()) kill("SIGKILL");
    await Promise.all([...nodes.values()].map(({ exit }) => exit));
    await server.stop();
    rmSync(top, { recursive: true, force: true });
  }
}

test("three processes carry runs; the owner is killed, a second one drains, both come back", () =>
  within(async (world) => {
    const { ask, json, nodes, start, top } = world;
    await Promise.all(NAMES.map((name) => start(name, "--expect", NAMES.join(","))));
    assert.equal(await json("start", "add-up", "--input", "3", "--id", "one"), {
      id: "one",
      workflow: "add-up",
      version: 1,
    });
    assert.equal(await json("result", "one"), { id: "one", status: "completed", result: 6 });
    await json("start", "add-up", "--input", "60", "--id", "two");
    const { owner } = await json("show", "two");
    nodes.get(String(owner))?.kill("SIGKILL");
    assert.is((await json("result", "two"))["result"], 1_830);
    await start(String(owner));

    const { leader } = await json("cluster", "status");
    const started = performance.now();
    nodes.get(String(leader))?.kill("SIGTERM");
    assert.is(await nodes.get(String(leader))?.exit, 0, "SIGTERM is no failure");
    assert.ok(performance.now() - started < 10_000);
    const after = await json("cluster", "status");
    assert.is.not(after["leader"], leader);
    await start(String(leader));
    assert.is((await json("start", "add-up", "--input", "4", "--wait"))["result"], 10);

    const listed = await json("ls", "--status", "completed");
    assert.is((listed["runs"] as unknown[]).length, 3);
    assert.match((await ask("ls")).out, /add-up@1 +completed/);
    assert.match((await ask("cluster", "members")).out, /leader/);
    const lines = readFileSync(join(top, "notes"), "utf8").trimEnd().split("\n");
    const keys = new Set(lines.map((line) => line.split(" ")[0]));
    assert.is(keys.size, 3 + 60 + 4, "each effect has one key");
    assert.ok(lines.length <= keys.size + 1, "a kill costs one execution at the most");
  }));

test("a body that ends its process is set aside when it has ended two; the third one lives", () =>
  within(async ({ ask, json, nodes, start }) => {
    await Promise.all(NAMES.map((name) => start(name, "--expect", NAMES.join(","))));
    assert.is((await ask("start", "deadly", "--id", "poison")).code, 0);
    const ended = [...nodes].map(async ([name, { exit }]) => ({ name, code: await exit }));
    // Without two of three nothing is decided: each is started again, as a supervisor does.
    const first = await Promise.race(ended);
    await start(first.name);
    const others = [...nodes].map(async ([name, { exit }]) => ({ name, code: await exit }));
    const second = await Promise.race(others);
    assert.equal([first.code, second.code], [3, 3], "by itself");
    let parked = await json("show", "poison");
    for (let left = 100; parked["status"] !== "parked"; left--) {
      assert.ok(left > 0, "it is set aside");
      parked = await json("show", "poison");
    }
    assert.match(String(parked["reason"]), /^poisoned: .*mend it, then resume/);
    await start(second.name);
    assert.is((await json("start", "add-up", "--input", "4", "--wait"))["result"], 10);
    assert.is((await ask("terminate", "poison")).code, 0);
  }));

test("an operator moves the office, takes a node out, and it says so and ends", () =>
  within(async ({ ask, json, nodes, start }) => {
    await start("a", "--bootstrap");
    await Promise.all([start("b"), start("c")]);
    for (let left = 100; ; left--) {
      const { members } = await json("cluster", "status");
      if ((members as { isVoter: boolean }[]).every(({ isVoter }) => isVoter)) break;
      assert.ok(left > 0, "all vote");
    }
    assert.equal(await json("cluster", "transfer", "b"), { leader: "b" });
    assert.equal(await json("cluster", "remove", "c"), { removed: "c" });
    const gone = nodes.get("c");
    assert.is(await gone?.exit, 1);
    assert.match(gone?.said.join("\n") ?? "", /took this node out/);
    const again = await start("c").catch((error: Error) => error);
    assert.match(String(again), /was removed|took this node out/);
    assert.equal(await json("cluster", "rebalance"), { moved: 0 });
    const unknown = await ask("cluster", "remove", "zoe");
    assert.is(unknown.code, 2);
    assert.match(unknown.err, /there are a, b/);
  }));

test("a run that failed is exit code 1, what cannot be done is 2 and says why", () =>
  within(async ({ ask, askApart, start, top }) => {
    const nobody = await ask("ls", "--timeout", "1s");
    assert.is(nobody.code, 2);
    assert.match(nobody.err, /no member of the cluster "cli" answered/);
    await start("a", "--bootstrap");
    const failed = await askApart("start", "failing", "--wait");
    assert.is(failed.code, 1);
    assert.match(failed.err, /as it must/);
    const unknown = await ask("start", "nothing");
    assert.match(
      unknown.err,
      /they have add-up@1, blocking@1, deadly@1, endless@1, exploding@1, failing@1, slow@1/,
    );
    assert.is((await ask("result", "nothing")).code, 2);
    await ask("start", "waiting", "--id", "w");
    assert.is((await ask("signal", "w", "go", "--value", "41")).code, 0);
    assert.is((await askApart("result", "w")).out, "41\n");
    const watched = (await ask("show", "w", "--watch", "--json")).out.trimEnd().split("\n");
    assert.equal(
      watched.map((line) => JSON.parse(line).status),
      ["completed"],
    );
    await ask("start", "waiting", "--id", "v");
    assert.is((await ask("cancel", "v", "--reason", "enough")).code, 0);
    const cancelled = await ask("result", "v");
    assert.is(cancelled.code, 1);
    assert.match(cancelled.err, /enough/);
    const taken = await ask("start", "failing", "--id", "x");
    const conflict = await ask("start", "add-up", "--id", "x", "--input", "1");
    assert.equal([taken.code, conflict.code], [0, 2]);
    assert.match(conflict.err, /workflow-conflict/);
    await ask("reset", "w", "--to", "start");
    assert.is((await ask("signal", "w", "go", "--value", "42")).code, 2, "it has its signal");
    assert.is((await ask("result", "w")).out, "41\n");
    assert.match((await ask("reset", "w", "--to", "x")).err, /no record at the path "x"/);
    const tagged = ["--tag", "of=x", "--tag", "no=1", "--delay", "1 day", "--run-timeout", "1h"];
    assert.is((await ask("start", "waiting", "--id", "z", ...tagged)).code, 0);
    assert.match((await ask("ls", "--tag", "of=x", "--prefix", "z")).out, /z +waiting@1 +running/);
    assert.is((await ask("ls", "--tag", "of=y")).out, "no runs\n");
    assert.match((await ask("show", "z")).out, /waits for +its start at /);
    const again = await ask("start", "waiting", "--id", "z", "--on-conflict", "fail");
    assert.is(again.code, 2);
    assert.is((await ask("start", "waiting", "--id", "z", "--on-conflict", "replace")).code, 0);
    assert.match((await ask("start", "waiting", "--owner", "me")).err, /starter, balanced, leader/);
    assert.match((await ask("ls", "--tag", "none")).err, /it is key=value/);
    const missing = await ran(["node", join(top, "missing.mjs"), "--name", "z"]);
    assert.is(missing.code, 2);
    assert.match(missing.err, /module-not-loaded/);
  }));

test("without a server it says how to get one", async () => {
  const { code, err } = await ran(["ls", "--nats", "nats://127.0.0.1:1"]);
  assert.is(code, 2);
  assert.match(err, /apt-get install nats-server/);
  assert.match(err, /\(not-connected\)/);
});

test("a node that still looks for a server can be told to stop", async () => {
  const node = await startingProcess("a", ["--cluster", CLUSTER, "--nats", "nats://127.0.0.1:1"]);
  await node.says('"event":"starting"');
  node.kill("SIGINT");
  assert.is(await node.exit, 0);
  assert.match(node.said.join("\n"), '"event":"down"');
  assert.not.match(node.said.join("\n"), "not-connected");
});

test("a second SIGTERM stops at once", () =>
  within(async ({ json, start }) => {
    const a = await start("a", "--bootstrap", "--drain", "60s");
    const b = await start("b");
    await json("cluster", "status");
    // Without its peer the office cannot be handed over: the first one would wait.
    b.kill("SIGSTOP");
    a.kill("SIGTERM");
    await a.says('"event":"stopping"');
    a.kill("SIGTERM");
    assert.is(await a.exit, 1);
    b.kill("SIGCONT");
  }));

test.run();
