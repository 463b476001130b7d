import { suite } from "uvu";
import * as assert from "uvu/assert";
import { path, type RunId, runId } from "../../../src/std/ids.ts";
import { child } from "../../../src/workflow/dsl/child.ts";
import { all } from "../../../src/workflow/dsl/combinators.ts";
import { workflow } from "../../../src/workflow/dsl/define.ts";
import { info, uuid } from "../../../src/workflow/dsl/derived.ts";
import { receive, signal } from "../../../src/workflow/dsl/signal.ts";
import { effects } from "../../../src/workflow/dsl/step.ts";
import { checkpoint, variable } from "../../../src/workflow/dsl/write-behind.ts";
import { historyOf } from "../../../src/workflow/history/history.ts";
import { readHistory } from "../../../src/workflow/history/read-history-codec.ts";
import { Body } from "../../../src/workflow/interpreter/body.ts";
import { decodeState, encodeState, stateHash } from "../../../src/workflow/machine/snapshot.ts";
import { Cluster, call, codec, type Host, resultOf } from "./host.ts";

/** Rule 22. */
const test = suite("runner: reset");

const go = signal<string>("go");
const ship = effects<Host>().step("ship", (_name: string, fx) => fx.deps.execute("ship", fx));

/** Paths: 0 total, 1 pay, 2 set, 3 mark, 4 receive, 5 ship, 6 bill. */
const order = workflow({
  name: "order",
  run: function* () {
    const total = yield* variable("total", 0);
    const paid = yield* call("pay");
    yield* total.set(Number(paid));
    yield* checkpoint("mark", yield* uuid());
    const word = yield* receive(go);
    // Its input is drawn by chance, and named by the run: the same in what goes on.
    const shipped = yield* ship(`${yield* uuid()} ${(yield* info()).runId} ${word}`);
    const billed = yield* call("bill");
    return [total.value, word, shipped, billed];
  },
});

interface World {
  readonly cluster: Cluster;
  readonly hosts: readonly [Host, Host];
  readonly id: RunId;
}

/** All but the bill is done; the word came, and another one. */
async function almostDone(): Promise<World> {
  const cluster = new Cluster();
  const hosts = [cluster.join(1, [order]), cluster.join(2, [order])] as const;
  const id = cluster.start("o", order);
  await cluster.deliver();
  await hosts[0].give("pay", 10);
  await cluster.deliver();
  say(cluster, "w1", "first");
  say(cluster, "w2", "second");
  await cluster.deliver();
  await hosts[0].give("ship", "lost");
  await cluster.deliver();
  assert.equal(hosts[0].running, ["bill"]);
  return { cluster, hosts, id };
}

function say(cluster: Cluster, id: string, word: string): void {
  const value = codec.encode(word);
  cluster.commit({ kind: "signal", workflowId: "o", id, name: "go", value });
}

function reset({ cluster, id }: World, to: string, key = "r"): RunId {
  const [reply] = cluster.commit({ kind: "reset", runId: id, to: path(to), id: key });
  if (reply?.kind !== "started") throw new Error(`not reset: ${reply?.kind}`);
  return reply.runId;
}

const started = ({ executions }: Host): readonly string[] => executions.map(({ name }) => name);

test("what was recorded before the path is kept, it and what follows is done anew", async () => {
  const world = await almostDone();
  const { cluster, hosts, id } = world;
  const [first] = hosts;
  const key = first.body("ship").fx.idempotencyKey;
  const next = reset(world, "5");
  await cluster.deliver();
  assert.equal(cluster.run(id).status, { kind: "continued", runId: next });
  assert.ok(first.executions.find(({ name }) => name === "bill")?.fx.signal.aborted);
  assert.equal(started(first), ["pay", "ship", "bill", "ship"]);
  const { attempt, isRecovery } = first.body("ship").fx;
  assert.equal([attempt, isRecovery], [2, true], "it may have acted before");
  assert.is(first.body("ship").fx.idempotencyKey, key, "the test's key has no run in it");
  await first.give("ship", "here");
  await cluster.deliver();
  await first.give("bill", 3);
  await cluster.deliver();
  assert.equal(resultOf(cluster.run(next)), [10, "first", "here", 3]);
  assert.is(replayOf(cluster, next).mismatches, 0);
});

/** What a replay of its history comes to: chance and ids are those that it had. */
function replayOf(cluster: Cluster, id: RunId): Body {
  const { journal } = readHistory(historyOf(cluster.run(id)));
  const body = new Body({ run: () => order.run(undefined as never), journal, codec });
  assert.is(body.advance("replay", 1_000).kind, "finished");
  return body;
}

test("from a write on: it is written anew, with all that its stretch wrote after it", async () => {
  const world = await almostDone();
  const { cluster, hosts } = world;
  const next = cluster.run(reset(world, "2"));
  assert.equal([next.through, next.variables.get("total")], [1, codec.encode(0)]);
  await cluster.deliver();
  assert.equal(next.variables.get("total"), codec.encode(10));
  assert.equal(started(hosts[0]), ["pay", "ship", "bill", "ship"], "pay is kept");
  assert.equal(
    [...next.writes.values()].map(({ path: at }) => String(at)),
    ["0", "2", "3"],
  );
});

test("signals behind the cut are carried over, read or not, and are not taken twice", async () => {
  const world = await almostDone();
  const { cluster } = world;
  const next = cluster.run(reset(world, "1"));
  const words = next.inputs.flatMap((one) => (one.kind === "signal" ? [one.id] : []));
  assert.equal(words, ["w1", "w2"]);
  say(cluster, "w2", "second");
  assert.is(next.signals, 2);
});

test("from the start on nothing is kept but what was sent; an ended run can be reset", async () => {
  const world = await almostDone();
  const { cluster, hosts, id } = world;
  cluster.commit({ kind: "terminate", runId: id, reason: "enough" });
  const next = cluster.run(reset(world, "start"));
  assert.equal(cluster.run(id).status, { kind: "terminated", reason: "enough" });
  assert.equal([next.next, next.writes.size], [3, 0]);
  await cluster.deliver();
  assert.equal(hosts[0].running.filter((name) => name === "pay").length, 1);
});

test("whoever takes it over goes on: lost at any time it ends the same", async () => {
  for (let entries = 0; entries < 6; entries++) {
    const world = await almostDone();
    const { cluster, hosts } = world;
    const [first, second] = hosts;
    const next = reset(world, "2");
    await cluster.turn();
    for (let i = 0; i < entries; i++) {
      const [one] = cluster.take(({ from }) => from === first);
      if (one !== undefined) cluster.commit(one);
      await cluster.turn();
      if (i === 2) await first.give("ship", "here");
    }
    first.runner.stop();
    first.isHeld = true;
    cluster.take();
    cluster.lose(first);
    await cluster.deliver();
    if (second.running.includes("ship")) await second.give("ship", "here");
    await cluster.deliver();
    await second.give("bill", 3);
    await cluster.deliver();
    assert.equal(resultOf(cluster.run(next)), [10, "first", "here", 3], `after ${entries}`);
    assert.not.ok(started(second).includes("pay"));
  }
});

test("rule 25: sent again it is the same; of a run that went on it is nothing", async () => {
  const world = await almostDone();
  const { cluster, id } = world;
  const next = reset(world, "5");
  assert.is(reset(world, "5"), next);
  assert.is(reset({ ...world, id: next }, "5"), next);
  const [late] = cluster.commit({ kind: "reset", runId: id, to: path("1"), id: "other" });
  assert.is(late?.kind, "ignored");
  const [nowhere] = cluster.commit({ kind: "reset", runId: next, to: path("77"), id: "o" });
  assert.is(nowhere?.kind, "unknown");
  const restored = decodeState(encodeState(cluster.state));
  assert.is(stateHash(restored), stateHash(cluster.state));
  assert.is(restored.runs.get(next)?.originId, id);
  const again = reset({ ...world, id: next }, "1", "again");
  assert.is(cluster.run(again).originId, id, "the first one's, however often");
  assert.is(cluster.run(runId(id)).status.kind, "continued");
});

const leaf = workflow({
  name: "leaf",
  run: function* () {
    return yield* receive(go);
  },
});

const parent = workflow({
  name: "parent",
  run: function* () {
    yield* child.start(leaf, undefined, { id: "kept" });
    yield* call("pay");
    yield* all([child(leaf, undefined, { id: "other" }), call("bill")]);
  },
});

test("children that were begun before the path are its own; the others end", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [parent, leaf]);
  const id = cluster.start("o", parent);
  await cluster.deliver();
  await host.give("pay", 1);
  await cluster.deliver();
  const of = (workflowId: string) =>
    cluster.run(cluster.state.byWorkflowId.get(workflowId) ?? runId(""));
  assert.equal([of("kept").status.kind, of("other").status.kind], ["running", "running"]);
  const world = { cluster, hosts: [host, host] as const, id };
  const next = reset(world, "1");
  await cluster.deliver();
  assert.equal([of("kept").status.kind, of("other").status.kind], ["running", "cancelled"]);
  assert.is(of("kept").parent?.runId, next);
  cluster.commit({ kind: "terminate", runId: next, reason: "enough" });
  await cluster.deliver();
  assert.is(of("kept").status.kind, "cancelled", "it ends with who took it over");
});

test.run();
