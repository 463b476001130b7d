import { suite } from "uvu";
import * as assert from "uvu/assert";
import { all } from "../../../src/workflow/dsl/combinators.ts";
import { workflow } from "../../../src/workflow/dsl/define.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { checkpoint } from "../../../src/workflow/dsl/write-behind.ts";
import type { Reply } from "../../../src/workflow/machine/command.ts";
import { stateHash } from "../../../src/workflow/machine/snapshot.ts";
import { Cluster, call, codec, type Proposal, resultOf, told } from "./host.ts";

const test = suite("runner: the numbered stream");

const ACCEPTED: Reply = { kind: "batches", replies: [{ kind: "accepted" }] };
const DUPLICATE: Reply = { kind: "batches", replies: [{ kind: "duplicate" }] };
const STALE: Reply = { kind: "batches", replies: [{ kind: "stale" }] };
const gap = (expected: number): Reply => ({
  kind: "batches",
  replies: [{ kind: "gap", expected }],
});

/** Every write a batch, every batch a proposal. */
const ONE_BY_ONE = { batchItems: 1, commandBytes: 1 };

const writes = (count: number) =>
  workflow({
    name: "writes",
    run: function* () {
      for (let i = 0; i < count; i++) yield* checkpoint(`w${i}`, i);
      return yield* call("pay");
    },
  });

function three(cluster: Cluster): readonly [Proposal, Proposal, Proposal] {
  const [a, b, c] = cluster.take();
  assert.ok(a && b && c);
  if (!(a && b && c)) throw new Error("there are three proposals");
  return [a, b, c];
}

const throughs = (proposals: readonly Proposal[]): readonly number[] =>
  proposals.flatMap(({ command }) =>
    command.kind === "batches" ? command.batches.map(({ through }) => Number(through)) : [],
  );

test("rule 11: after a gap come the same bytes again, from the missing one on", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [writes(3)], ONE_BY_ONE);
  const id = cluster.start("order", writes(3));
  const [first, second, third] = three(cluster);
  assert.equal(cluster.commit(first), [ACCEPTED]);
  assert.equal(cluster.commit(third), [gap(2)]);
  assert.equal(host.says, ["#2 write w1", "#3 write w2"]);
  const again = cluster.take().map(({ bytes }) => bytes);
  assert.equal(again, [second.bytes, third.bytes]);
  assert.equal(cluster.commit(second), [ACCEPTED]);
  assert.equal(cluster.commit(third), [ACCEPTED]);
  assert.equal([host.says, host.running], [[], ["pay"]]);
  assert.equal([...cluster.run(id).writes.keys()], ["0", "1", "2"]);
});

test("rule 11: each gap is answered once, and a second one anew", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [writes(3)], ONE_BY_ONE);
  cluster.start("order", writes(3));
  const [, second, third] = three(cluster);
  cluster.commit(third);
  assert.is(cluster.take().length, 3);
  host.runner.wakeAll();
  await cluster.sweep();
  assert.equal(host.says, [], "once is enough: the queue below does not give up");
  assert.equal(cluster.commit(second), [gap(1)]);
  assert.is(host.says.length, 3);
  await cluster.deliver();
  assert.equal(host.running, ["pay"]);
});

test("rule 11: in whatever order batches arrive, each is taken once", async () => {
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  for (const order of orders) {
    const cluster = new Cluster();
    const host = cluster.join(1, [writes(3)], ONE_BY_ONE);
    const id = cluster.start("order", writes(3));
    const batches = three(cluster);
    for (const at of order) cluster.commit(batches[at] ?? batches[0]);
    await cluster.deliver();
    const seen = [...cluster.run(id).writes.values()].map(({ value }) => codec.decode(value));
    assert.equal([seen, host.running], [[0, 1, 2], ["pay"]], `order ${order}`);
  }
});

test("rule 11: a duplicate is success: nothing changes, nothing is said again", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [writes(1)]);
  const id = cluster.start("order", writes(1));
  const [written] = cluster.take();
  assert.ok(written);
  cluster.commit(written);
  const before = stateHash(host.state);
  assert.equal(cluster.commit(written), [DUPLICATE]);
  assert.is(stateHash(host.state), before);
  await host.give("pay", "paid");
  const [paid] = cluster.take();
  assert.ok(paid);
  assert.equal(cluster.commit(paid, paid), [ACCEPTED, DUPLICATE]);
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "paid");
  assert.equal([host.executions.length, cluster.run(id).inputs.length], [1, 2]);
});

test("rule 11: what an owner said in an epoch that is over is refused", async () => {
  const cluster = new Cluster();
  const old = cluster.join(1, [writes(1)]);
  const next = cluster.join(2, [writes(1)]);
  const id = cluster.start("order", writes(1));
  await cluster.deliver();
  await old.give("pay", "the old owner's");
  const [late] = cluster.take();
  assert.ok(late);
  cluster.suspect(old);
  assert.equal(cluster.commit(late), [STALE]);
  await next.give("pay", "the new owner's");
  assert.equal(next.says, ["#1 outcome 1 ok"], "numbers begin anew with the epoch");
  assert.equal(cluster.commit(late), [STALE]);
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "the new owner's");
});

test("rule 11: timers and results ride the same numbers as writes", async () => {
  const mixed = workflow({
    name: "mixed",
    run: function* () {
      yield* checkpoint("a", 1);
      yield* all([call("pay"), sleep(10)]);
      yield* checkpoint("b", 1);
    },
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [mixed]);
  cluster.start("order", mixed);
  await cluster.deliver();
  await cluster.pass(10);
  await host.give("pay");
  await cluster.deliver();
  const said = host.offered.map(told);
  assert.equal(said, [
    "#1 write a",
    "#2 outcome 1.1.0 ok",
    "#3 outcome 1.0.0 ok",
    "#4 write b, finish ok",
  ]);
});

test("rule 4: only the batch with a stretch's last write says that the run rested", async () => {
  const cluster = new Cluster();
  cluster.join(1, [writes(3)], ONE_BY_ONE);
  cluster.start("order", writes(3));
  assert.equal(throughs(cluster.proposals), [-1, -1, 0]);
});

test("rule 4: nor does a batch that was cut while the fuel was spent", async () => {
  const cluster = new Cluster();
  cluster.join(1, [writes(3)], { stretchFuel: 2 });
  cluster.start("order", writes(3));
  await cluster.turn();
  const said = cluster.proposals.map(told);
  assert.equal(said, ["#1 write w0, write w1", "#2 write w2"]);
  assert.equal(throughs(cluster.proposals), [-1, 0]);
});

test("a run has few batches under way: what it says meanwhile rides the next", async () => {
  const cluster = new Cluster();
  const limits = { stretchFuel: 2, inflightBatchesPerRun: 2 };
  const host = cluster.join(1, [writes(9)], limits);
  cluster.start("order", writes(9));
  await cluster.turn();
  assert.equal(host.says, ["#1 write w0, write w1", "#2 write w2, write w3"]);
  cluster.commit(...cluster.take());
  assert.equal(host.says, [`#3 ${[4, 5, 6, 7, 8].map((i) => `write w${i}`).join(", ")}`]);
  await cluster.deliver();
  assert.equal(host.running, ["pay"]);
});

test("a batch is cut once its payload has passed the limit", async () => {
  const large = workflow({
    name: "large",
    run: function* () {
      for (const name of ["a", "b", "c"]) yield* checkpoint(name, "x".repeat(1_000));
    },
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [large], { batchBytes: 1_500 });
  cluster.start("order", large);
  assert.equal(host.says, ["#1 write a, write b | #2 write c, finish ok"]);
});

test("1,000 checkpoints ride few commands", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [writes(1_000)]);
  const id = cluster.start("order", writes(1_000));
  await cluster.deliver();
  assert.is(cluster.run(id).writes.size, 1_000);
  assert.equal(host.running, ["pay"]);
  assert.ok(host.offered.length <= 2, `${host.offered.length} commands`);
});

test("one command carries batches of many runs", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [writes(1)]);
  host.isHeld = true;
  const ids = Array.from({ length: 100 }, (_, i) => cluster.start(`order-${i}`, writes(1)));
  host.catchUp();
  assert.equal(host.says, [ids.map(() => "#1 write w0").join(" | ")]);
  host.isHeld = false;
  await cluster.deliver();
  assert.is(host.running.length, 100);
});

test("a command is full once its payload has passed the limit: more ride the next", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [writes(1)], { commandBytes: 100 });
  host.isHeld = true;
  for (let i = 0; i < 5; i++) cluster.start(`order-${i}`, writes(1));
  host.catchUp();
  const two = "#1 write w0 | #1 write w0";
  assert.equal(host.says, [two, two, "#1 write w0"]);
});

test("what an overloaded queue refused is offered again: the same bytes, in order", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [writes(3)], ONE_BY_ONE);
  host.room = 1;
  const id = cluster.start("order", writes(3));
  assert.equal(host.offered.map(told), ["#1 write w0", "#2 write w1"], "the third is not offered");
  await cluster.sweep();
  host.room = 2;
  await cluster.sweep();
  assert.equal(host.offered.slice(2).map(told), ["#2 write w1", "#2 write w1", "#3 write w2"]);
  const seconds = host.offered.filter((proposal) => told(proposal).startsWith("#2"));
  assert.equal(new Set(seconds.map(({ bytes }) => String(bytes))).size, 1);
  assert.equal(host.says, ["#1 write w0", "#2 write w1", "#3 write w2"]);
  const replies = cluster.take().flatMap((proposal) => cluster.commit(proposal));
  assert.equal(replies, [ACCEPTED, ACCEPTED, ACCEPTED], "nothing was lost, nothing overtaken");
  assert.is(cluster.run(id).gaps, 0);
});

test("what is said while the queue is full waits behind what it refused", async () => {
  const two = workflow({
    name: "two",
    run: function* () {
      return yield* all([call("a"), call("b")]);
    },
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [two], ONE_BY_ONE);
  const ids = [cluster.start("order-1", two), cluster.start("order-2", two)];
  host.room = 0;
  for (const name of ["a", "b"]) {
    for (const { end } of host.executions.filter((e) => e.name === name)) {
      end.resolve(name);
      await cluster.turn();
    }
  }
  await cluster.sweep();
  assert.equal(host.says, []);
  host.room = Number.POSITIVE_INFINITY;
  await cluster.sweep();
  const [a, b] = ["outcome 0.0.0 ok", "outcome 0.1.0 ok"];
  assert.equal(host.says, [`#1 ${a}`, `#1 ${a}`, `#2 ${b}`, `#2 ${b}`]);
  await cluster.deliver();
  assert.equal(
    ids.map((id) => [cluster.run(id).gaps, resultOf(cluster.run(id))]),
    [
      [0, ["a", "b"]],
      [0, ["a", "b"]],
    ],
  );
});

test.run();
