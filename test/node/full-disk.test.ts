import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DiskFull, RaftoralError } from "../../src/errors.ts";
import type { Node } from "../../src/node/node.ts";
import { sum, Town } from "../fixtures/disk/town.ts";

/** Whole nodes on virtual disks that fill up, and are freed again. */
const test = suite("node: a full disk", { limitMs: 60_000 });

const SEGMENT_BYTES = 16_384;

/** Starts runs until one is refused; the ids of those that were told as started. */
async function fill(town: Town, node: Node, prefix = "run"): Promise<readonly string[]> {
  const started: string[] = [];
  for (let i = 0; ; i++) {
    const id = `${prefix}-${i}`;
    try {
      await town.run(node.start(sum, i, { id }));
      started.push(id);
    } catch (error) {
      assert.instance(error, DiskFull);
      assert.ok(error instanceof DiskFull && error.retryable && error.code === "disk-full");
      return started;
    }
    assert.ok(i < 2_000, "it never fills");
  }
}

const fullFrom = (town: Town, name: string, leftBytes: number): void => {
  const disk = town.disk(name);
  disk.capacityBytes = disk.usedBytes + leftBytes;
};

const free = (town: Town, name: string): void => {
  town.disk(name).capacityBytes = Number.POSITIVE_INFINITY;
};

test("a node alone with a full disk refuses, reads on, and goes on when it has room", async () => {
  const town = new Town({ seed: 1, segmentBytes: SEGMENT_BYTES });
  await town.run(town.startAll());
  const node = town.node("a");
  fullFrom(town, "a", 4_000);
  const started = await fill(town, node);
  assert.ok(started.length > 10, `${started.length}`);
  await town.until("it says that it is full", () => node.status().isDiskFull);
  assert.is(node.status().role, "leader", "nobody else could lead");
  const page = await town.run(node.list({}));
  assert.ok(page.runs.length > 0, "reads go on");
  const freedMs = town.sim.nowMs;
  free(town, "a");
  await town.until("it has room", () => !node.status().isDiskFull);
  assert.ok(town.sim.nowMs - freedMs <= 5_000, `${town.sim.nowMs - freedMs} ms`);
  const run = await town.run(node.start(sum, 8, { id: "afterwards" }));
  assert.is(await town.run(run.result()), 8);
  for (const id of started) await town.run(node.get(sum, id).result());
  town.end("a", "power cut");
  const again = await town.run(town.start("a"));
  for (const id of started) await town.run(again.get(sum, id).result());
});

test("a full node starts, reads and is full as before; nothing told is missing", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const town = new Town({ seed, segmentBytes: SEGMENT_BYTES });
    await town.run(town.startAll());
    fullFrom(town, "a", 4_000 + 100 * seed);
    const started = await fill(town, town.node("a"));
    town.end("a", seed % 2 === 0 ? "power cut" : "killed");
    const node = await town.run(town.start("a"));
    for (const id of started) await town.run(node.get(sum, id).describe());
    await town.until("it says that it is full", () => node.status().isDiskFull);
    await town.run(node.start(sum, 1, { id: "one" })).then(
      () => assert.unreachable("it is full"),
      (error: Error) => assert.instance(error, DiskFull),
    );
  }
});

test("a full leader gives its office and its runs away; the others go on", async () => {
  const names = ["a", "b", "c"];
  const town = new Town({ seed: 3, names, segmentBytes: SEGMENT_BYTES });
  await town.run(town.startAll());
  await town.until("all vote", () => {
    const { members } = town.node("a").status();
    return members.length === 3 && members.every(({ isVoter, isUp }) => isVoter && isUp);
  });
  const first = town.leader() ?? "a";
  const others = names.filter((name) => name !== first);
  fullFrom(town, first, 4_000);
  const started = await fill(town, town.node(first));
  await town.until("another one leads", () =>
    others.includes(town.node(others[0] ?? "").status().leader ?? ""),
  );
  const other = town.node(others[0] ?? "");
  // What the full one owned goes to an end elsewhere.
  for (const id of started) await town.run(other.get(sum, id).result());
  const run = await town.run(other.start(sum, 4, { id: "elsewhere" }));
  assert.is(await town.run(run.result()), 4);
  free(town, first);
  await town.until("it is up again", () => other.status().members.every(({ isUp }) => isUp));
  const again = await town.run(town.node(first).start(sum, 6, { id: "here again" }));
  assert.is(await town.run(again.result()), 6);
});

test("a full follower stands still: it shows, the others go on, and it comes back", async () => {
  const names = ["a", "b", "c"];
  const town = new Town({ seed: 6, names, segmentBytes: SEGMENT_BYTES });
  await town.run(town.startAll());
  const leader = town.node(town.leader() ?? "a");
  await town.until("all vote", () => {
    const { members } = leader.status();
    return members.length === 3 && members.every(({ isVoter, isUp }) => isVoter && isUp);
  });
  const full = names.find((name) => name !== leader.name) ?? "";
  const follower = town.node(full);
  fullFrom(town, full, 4_000);
  let last = "";
  const start = async (): Promise<void> => {
    last = `${last}x`;
    const run = await town.run(leader.start(sum, 2, { id: last }));
    assert.is(await town.run(run.result()), 2);
  };
  while (!follower.status().isDiskFull || follower.status().applied + 50 > leader.status().commit) {
    await start();
    assert.ok(last.length < 1_000, "it never stands still");
  }
  const isUp = (): boolean | undefined =>
    leader.status().members.find(({ name }) => name === full)?.isUp;
  await town.until("the others know it as down", () => isUp() === false);
  const { applied } = follower.status();
  await start();
  assert.is(follower.status().applied, applied, "what it cannot keep it does not apply");
  await town.run(follower.get(sum, "x").describe({ stale: true }));
  const read = await town.run(
    follower
      .get(sum, last)
      .describe()
      .then(
        () => undefined,
        (error: unknown) => error,
      ),
  );
  assert.ok(read instanceof RaftoralError && read.code === "timed-out", String(read));
  free(town, full);
  await town.until("it is up again", () => isUp() === true);
  await town.until("it has all", () => follower.status().applied === leader.status().applied);
});

test("a full node of two can leave: the record of it has room", async () => {
  const town = new Town({ seed: 4, names: ["a", "b"], segmentBytes: SEGMENT_BYTES });
  await town.run(town.startAll());
  await town.until("both vote", () => {
    const { members } = town.node("a").status();
    return members.length === 2 && members.every(({ isVoter, isUp }) => isVoter && isUp);
  });
  fullFrom(town, "b", 4_000);
  await fill(town, town.node("b"));
  await town.run(town.node("b").leave({ drain: 5_000 }));
  const a = town.node("a");
  await town.until("one member is left", () => a.status().members.length === 1);
  const run = await town.run(a.start(sum, 2, { id: "alone" }));
  assert.is(await town.run(run.result()), 2);
});

test("all full at once: nothing is lost, and all go on when all have room", async () => {
  const names = ["a", "b", "c"];
  const town = new Town({ seed: 5, names, segmentBytes: SEGMENT_BYTES });
  await town.run(town.startAll());
  await town.until("all vote", () =>
    town
      .node("a")
      .status()
      .members.every(({ isVoter }) => isVoter),
  );
  for (const name of names) fullFrom(town, name, 4_000);
  const told = await Promise.all(names.map((name) => fill(town, town.node(name), name)));
  await town.sim.runUntil(town.sim.nowMs + 60_000);
  const term = town.node("a").status().term;
  await town.sim.runUntil(town.sim.nowMs + 60_000);
  assert.ok(town.node("a").status().term <= term + 3, "the office goes round");
  for (const name of names) free(town, name);
  for (const id of told.flat()) await town.run(town.node("c").get(sum, id).result());
});

test.run();
