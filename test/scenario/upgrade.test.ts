// run: beside
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, connect, type RunHandle } from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startNatsServer } from "../../examples/nats/server.ts";
import { type NodeProcess, nodeProcess, type Ran, ran } from "../fixtures/cli/run.ts";
import { addUp } from "../fixtures/cli/workflows.ts";
import { type Change, compile } from "../fixtures/compiled.ts";

/** Processes of two builds in one group, upgraded one by one while they work. */
const test = suite("scenario: upgrade", { limitMs: 300_000 });

const NAMES = ["a", "b", "c"];
const LANES = 6;
const PARTS = 4;
const SUM = (PARTS * (PARTS + 1)) / 2;
const LEVEL = "src/workflow/machine/level.ts";

/** Knows nothing of `reset`: neither the command in the log nor the call of a client. */
const OLD: readonly Change[] = [
  ["src/workflow/machine/codec.ts", '  "reset",\n', ""],
  ["src/client/api-codec.ts", '  reset: { workflowId: "text", to: "text", id: "text" },\n', ""],
];
/** Has brought `reset`, one level above all that was before. */
const NEW: readonly Change[] = [
  [LEVEL, "FEATURE_LEVEL = 1", "FEATURE_LEVEL = 2"],
  [LEVEL, "number>>> = {}", "number>>> = { reset: 2 }"],
];

type Build = "old" | "new";

interface World {
  readonly client: Client;
  /** Asks for a moment only. */
  readonly impatient: Client;
  readonly nodes: ReadonlyMap<string, NodeProcess>;
  start(name: string, build: Build): Promise<NodeProcess>;
  /** SIGTERM: it hands over, and ends. */
  stop(name: string): Promise<void>;
  allUp(): Promise<void>;
  doctor(build: Build, name: string, ...flags: readonly string[]): Promise<Ran>;
  /** Executions of effects, by key. */
  executions(): ReadonlyMap<string, number>;
}

async function within(body: (world: World) => Promise<void>): Promise<void> {
  const server = await startNatsServer();
  const top = mkdtempSync(join(tmpdir(), "upgrade-"));
  const builds = {
    old: await compile(join(top, "build-old"), OLD),
    new: await compile(join(top, "build-new"), NEW),
  };
  const nodes = new Map<string, NodeProcess>();
  const notes = join(top, "notes");
  const start = async (name: string, build: Build): Promise<NodeProcess> => {
    const where = ["--cluster", "upgrade", "--nats", server.url, "--data", join(top, name)];
    const how = { env: { NOTES: notes }, build: builds[build] };
    const node = await nodeProcess(name, [...where, "--expect", NAMES.join(",")], how);
    nodes.set(name, node);
    return node;
  };
  const stop = async (name: string): Promise<void> => {
    nodes.get(name)?.kill("SIGTERM");
    assert.is(await nodes.get(name)?.exit, 0, nodes.get(name)?.said.join("\n"));
    nodes.delete(name);
  };
  try {
    await Promise.all(NAMES.map((name) => start(name, "old")));
    const nats = { servers: server.url };
    const where = { cluster: "upgrade", nats, logLevel: "silent" } as const;
    const client = await connect(where);
    const impatient = await connect({ ...where, callTimeout: "100ms" });
    const allUp = async (): Promise<void> => {
      const untilMs = performance.now() + 60_000;
      for (;;) {
        const { members } = await client.admin.status();
        if (members.length === 3 && members.every((one) => one.isUp && one.isVoter)) return;
        assert.ok(performance.now() < untilMs, JSON.stringify(members));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const doctor = (build: Build, name: string, ...flags: readonly string[]): Promise<Ran> =>
      ran(["doctor", join(top, name), "--json", ...flags], { build: builds[build] });
    const executions = (): ReadonlyMap<string, number> => {
      const count = new Map<string, number>();
      for (const line of readFileSync(notes, "utf8").trim().split("\n")) {
        const [key = ""] = line.split(" ");
        count.set(key, (count.get(key) ?? 0) + 1);
      }
      return count;
    };
    try {
      await allUp();
      await body({ client, impatient, nodes, start, stop, allUp, doctor, executions });
    } finally {
      for (const one of [client, impatient]) await one.close();
    }
  } finally {
    for (const { kill } of nodes.values()) kill("SIGKILL");
    await Promise.all([...nodes.values()].map(({ exit }) => exit));
    await server.stop();
    rmSync(top, { recursive: true, force: true });
  }
}

/** Starts runs and waits for their results, until it is stopped; then tells how many there were. */
function load(client: Client): { stop(): Promise<number> } {
  let isOver = false;
  let ended = 0;
  const lane = async (at: number): Promise<void> => {
    for (let n = 0; !isOver; n++) {
      const run = await client.start(addUp, PARTS, { id: `load-${at}-${n}` });
      assert.is(await run.result(), SUM);
      ended++;
    }
  };
  const lanes = Promise.all(Array.from({ length: LANES }, (_, at) => lane(at)));
  // Told when it is stopped.
  lanes.catch(() => {});
  return {
    stop: async () => {
      isOver = true;
      await lanes;
      return ended;
    },
  };
}

/** Old members do not know the call; new ones do, and must not write what old ones cannot read. */
async function refusesReset(run: RunHandle<unknown>): Promise<void> {
  const untilMs = performance.now() + 60_000;
  for (;;) {
    const why = await run.reset({ to: "start" }).then(() => "it was written", String);
    if (/needs feature level 2 of all members: update (b, )?c/.test(why)) return;
    assert.is.not(why, "it was written");
    assert.ok(performance.now() < untilMs, "no new member was asked");
  }
}

test("nodes are upgraded one by one under load, and may go back until all are new", () =>
  within(async (world) => {
    const { allUp, client, executions, impatient, nodes, start, stop } = world;
    const first = await client.start(addUp, PARTS, { id: "first" });
    await first.result();
    const work = load(client);
    const change = async (name: string, build: Build): Promise<void> => {
      await stop(name);
      await start(name, build);
      await allUp();
    };
    await change("a", "new");
    await refusesReset(impatient.get(addUp, "first"));
    await change("a", "old");
    await change("a", "new");
    await change("b", "new");
    await refusesReset(impatient.get(addUp, "first"));
    await change("c", "new");
    const ended = await work.stop();
    assert.ok(ended >= 3 * LANES, `${ended} runs`);

    await first.reset({ to: "start" });
    assert.is(await first.result(), SUM);
    const counts = [...executions().values()];
    // The first run was done again, under keys of its own.
    assert.is(counts.length, (ended + 2) * PARTS);
    assert.ok(
      counts.every((count) => count <= 2),
      "a hand-over repeats an effect once at most",
    );
    for (const { said } of nodes.values()) assert.not.match(said.join("\n"), /failed|malformed/);

    await stop("a");
    const refusal = await start("a", "old").then(() => "up", String);
    assert.match(refusal, /a newer build wrote it|only builds of feature level 2 understand/);
    await start("a", "new");
    await allUp();
    await recovers(world);
  }));

/** The group of one that the doctor makes keeps what the group may write. */
async function recovers({ doctor, nodes, start }: World): Promise<void> {
  for (const name of NAMES) nodes.get(name)?.kill("SIGKILL");
  await Promise.all(NAMES.map((name) => nodes.get(name)?.exit));
  const { code, err } = await doctor("old", "a", "--recover", "--others-are-lost");
  assert.is(code, 0, err);
  const refusal = await start("a", "old").then(() => "up", String);
  assert.match(refusal, /a newer build wrote it/);
  await start("a", "new");
}

test.run();
