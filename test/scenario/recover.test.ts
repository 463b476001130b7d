import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  compute,
  type Gen,
  memoryNetwork,
  type Node,
  receive,
  signal,
  startNode,
  workflow,
} from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { until } from "../fixtures/until.ts";

/** A majority is lost for ever: one directory becomes a cluster, by an operator's word. */
const test = suite("scenario: recover", { limitMs: 120_000 });

const go = signal<void>("go");

const RUNS = 64;

const length = workflow({
  name: "length",
  run: function* (text: string): Gen<number> {
    return yield* compute("length", () => text.length);
  },
});

async function within(
  body: (world: {
    readonly top: string;
    readonly keys: string[];
    start(
      name: string,
      network: ReturnType<typeof memoryNetwork>,
      boot?: "bootstrap",
    ): Promise<Node>;
    readonly waiting: ReturnType<typeof waitingOf>;
  }) => Promise<void>,
): Promise<void> {
  const top = mkdtempSync(join(tmpdir(), "recover-"));
  const keys: string[] = [];
  const nodes: Node[] = [];
  const waiting = waitingOf(keys);
  const start = async (
    name: string,
    network: ReturnType<typeof memoryNetwork>,
    boot: "bootstrap" | "join" = "join",
  ): Promise<Node> => {
    const node = await startNode({
      workflows: [waiting, length],
      name,
      network,
      boot,
      dataDir: join(top, name),
      logLevel: "silent",
    });
    nodes.push(node);
    return node;
  };
  try {
    await body({ top, keys, start, waiting });
  } finally {
    await Promise.all(nodes.map((node) => node.stop({ drain: 0 })));
    rmSync(top, { recursive: true, force: true });
  }
}

/** Its effect does not end while a node of the first cluster runs it. */
const waitingOf = (keys: string[]) =>
  workflow({
    name: "waiting",
    run: function* (): Gen<number> {
      const attempt = yield* compute("act", async (fx) => {
        keys.push(fx.idempotencyKey);
        if (keys.length === 1) await new Promise(() => {});
        return fx.attempt;
      });
      yield* receive(go);
      return attempt;
    },
  });

async function doctor(...args: readonly string[]): Promise<{ code: number; out: string }> {
  let out = "";
  const write = (text: string): void => {
    out += text;
  };
  const code = await runCommandLine(["doctor", ...args], { write, writeError: write });
  return { code, out };
}

test("one directory of three goes on alone, grows again, and the old ones stay out", () =>
  within(async ({ keys, start, top, waiting }) => {
    const before = memoryNetwork();
    const a = await start("a", before, "bootstrap");
    const [b, c] = [await start("b", before), await start("c", before)];
    await until(() => a.status().members.every(({ isVoter }) => isVoter), "three voters");
    const { clusterUuid } = a.status();
    await b.start(waiting, undefined, { id: "run" });
    await until(() => keys.length === 1, "the effect runs");
    // All at once, as a power cut: nobody hands anything over that a majority must take.
    await Promise.all([a, b, c].map((node) => node.stop({ drain: 0 })));

    const home = join(top, "a");
    const asked = await doctor(home, "--recover");
    assert.is(asked.code, 1);
    assert.match(asked.out, /NOTHING IS CHANGED/);
    assert.match(asked.out, /taken out +2, 3/);
    const done = await doctor(home, "--recover", "--others-are-lost", "--json");
    assert.is(done.code, 0, done.out);
    assert.is(JSON.parse(done.out).isDone, true);
    assert.is((await doctor(home)).code, 0, "sound");

    const after = memoryNetwork();
    const alone = await start("a", after);
    assert.is.not(alone.status().clusterUuid, clusterUuid);
    assert.is(alone.status().clusterUuid, JSON.parse(done.out).clusterUuid);
    assert.equal(
      alone.status().members.map(({ name, isVoter }) => [name, isVoter]),
      [["a", true]],
    );
    const run = alone.get(waiting, "run");
    await run.signal(go, undefined);
    assert.ok((await run.result()) >= 2, "another attempt");
    assert.is(new Set(keys).size, 1, "under the same key");

    const old = await start("b", after).catch((error: Error) => error);
    assert.match(String(old), /removed/);
    rmSync(join(top, "c"), { recursive: true });
    await start("c", after);
    await until(() => alone.status().members.length === 2, "two members");
    await until(() => alone.status().members.every(({ isVoter }) => isVoter), "both vote");
    const { term } = alone.status();
    await (await start("d", after)).start(waiting, undefined, { id: "another" });
    assert.is(alone.status().term, term);
  }));

test("a log that was cut behind a snapshot is recovered with all that the snapshot has", () =>
  within(async ({ start, top }) => {
    const network = memoryNetwork();
    const a = await start("a", network, "bootstrap");
    const b = await start("b", network);
    await until(() => a.status().members.every(({ isVoter }) => isVoter), "two voters");
    // Each 16 MiB a snapshot, and the log is cut behind the one before the newest.
    const text = "x".repeat(900_000);
    for (let i = 0; i < RUNS; i++) await a.start(length, text, { id: `run-${i}` });
    for (let i = 0; i < RUNS; i++) assert.is(await a.get(length, `run-${i}`).result(), text.length);
    const home = join(top, "a");
    const firstEntry = async (): Promise<number> =>
      JSON.parse((await doctor(home, "--json")).out).entries.first;
    await Promise.all([a, b].map((node) => node.stop({ drain: 0 })));
    assert.ok((await firstEntry()) > 1, "the log was cut");

    const done = await doctor(home, "--recover", "--others-are-lost");
    assert.is(done.code, 0, done.out);
    const alone = await start("a", memoryNetwork());
    assert.equal(
      alone.status().members.map(({ name }) => name),
      ["a"],
    );
    for (let i = 0; i < RUNS; i++) {
      assert.is(await alone.get(length, `run-${i}`).result(), text.length);
    }
  }));

test("a directory that is in use, damaged or nobody's is left alone", () =>
  within(async ({ start, top }) => {
    const node = await start("a", memoryNetwork(), "bootstrap");
    const inUse = await doctor(join(top, "a"), "--recover", "--others-are-lost");
    assert.is(inUse.code, 2);
    assert.match(inUse.out, /directory-in-use/);
    await node.stop({ drain: 0 });
    const nobody = await doctor(top, "--recover");
    assert.is(nobody.code, 2);
    assert.match(nobody.out, /no identity.json/);
  }));

test.run();
