import { suite } from "uvu";
import * as assert from "uvu/assert";
import { workflow } from "../../../src/workflow/dsl/define.ts";
import { checkpoint } from "../../../src/workflow/dsl/write-behind.ts";
import { describeRun } from "../../../src/workflow/machine/query.ts";
import { Cluster, call, resultOf } from "./host.ts";

const test = suite("runner: bodies that diverge");

/** The same name and version, and other code: what a careless deployment brings. */
const flowOf = (effect: string) =>
  workflow({
    name: "flow",
    run: function* () {
      yield* checkpoint(effect, 1);
      return yield* call("pay");
    },
  });

const before = flowOf("before");
const after = flowOf("after");

test("rule 19: a standby that diverges says so once, and is passed over for this run", async () => {
  const cluster = new Cluster();
  const owner = cluster.join(1, [before]);
  const standby = cluster.join(2, [after]);
  const id = cluster.start("order", before);
  cluster.commit(...cluster.take());
  standby.runner.wakeAll();
  await cluster.sweep();
  assert.equal(standby.says, ["unfit"]);
  await cluster.deliver();
  standby.runner.wakeAll();
  await cluster.sweep();
  assert.equal([standby.says, cluster.run(id).unfit.length], [[], 1]);
  assert.equal(standby.runner.diverged, { asOwner: 0, asStandby: 1, otherValues: 0 });
  const [passedOver] = describeRun(cluster.state, cluster.run(id)).unfit;
  const { actual, recorded } = passedOver?.divergence ?? {};
  assert.equal(
    [passedOver?.member, recorded, actual],
    ["n2", "checkpoint before", "checkpoint after"],
  );
  await owner.give("pay", "paid");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "paid");
});

test("rule 19: a mark of an earlier process of the member counts no more", async () => {
  const cluster = new Cluster();
  const owner = cluster.join(1, [before]);
  cluster.join(2, [after]);
  const id = cluster.start("order", before);
  await cluster.deliver();
  assert.is(cluster.run(id).unfit.length, 1);
  const mended = cluster.join(2, [before]);
  assert.is(mended.driver(id).body?.cursor, 0, "it follows");
  cluster.suspect(owner);
  await mended.give("pay", "paid");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "paid");
});

test("rule 22: an owner that diverges parks its run, once; its other runs go on", async () => {
  const cluster = new Cluster();
  const first = cluster.join(1, [before]);
  const id = cluster.start("order", before);
  await cluster.deliver();
  cluster.suspect(first);
  const second = cluster.join(2, [after]);
  second.runner.wakeAll();
  await cluster.sweep();
  assert.equal(second.says, ["park"]);
  cluster.start("another", after, 2);
  await cluster.deliver();
  assert.equal([cluster.run(id).status.kind, second.running], ["parked", ["pay"]]);
  assert.is(second.executions.length, 1);
  assert.equal(second.runner.diverged, { asOwner: 1, asStandby: 0, otherValues: 0 });
});

test("rule 4: another value at a path is counted, and never refused", async () => {
  const valued = (value: number) =>
    workflow({
      name: "flow",
      run: function* () {
        yield* checkpoint("mark", value);
        return yield* call("pay");
      },
    });
  const cluster = new Cluster();
  const owner = cluster.join(1, [valued(1)]);
  const standby = cluster.join(2, [valued(2)]);
  const id = cluster.start("order", valued(1));
  await cluster.deliver();
  await owner.give("pay", "paid");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(id)), "paid");
  assert.equal(standby.runner.diverged, { asOwner: 0, asStandby: 0, otherValues: 1 });
  assert.is(owner.runner.diverged.otherValues, 0);
});

test("rule 22: a parked run is left alone by all, until it is resumed", async () => {
  const cluster = new Cluster();
  const first = cluster.join(1, [before]);
  const runId = cluster.start("order", before);
  await cluster.deliver();
  cluster.suspect(first);
  const hosts = [cluster.join(2, [after]), cluster.join(3, [after])];
  await cluster.deliver();
  assert.is(cluster.run(runId).status.kind, "parked");
  const offered = hosts.map((host) => host.offered.length);
  for (const host of hosts) host.runner.wakeAll();
  await cluster.sweep();
  assert.equal(
    hosts.map((host) => host.offered.length),
    offered,
    "nothing is said of it",
  );
  assert.equal(
    hosts.map((host) => host.driver(runId).body),
    [undefined, undefined],
  );
  const mended = cluster.join(2, [before]);
  cluster.commit({ kind: "resume", runId });
  assert.equal(mended.running, ["pay"]);
  await mended.give("pay", "paid");
  await cluster.deliver();
  assert.is(resultOf(cluster.run(runId)), "paid");
});

test("rule 16: where its park is not taken it is not rebuilt, and says so again", async () => {
  let built = 0;
  const flaky = workflow({
    name: "flow",
    run: function* () {
      yield* checkpoint(built++ === 0 ? "after" : "before", 1);
      return yield* call("pay");
    },
  });
  const cluster = new Cluster();
  const first = cluster.join(1, [before]);
  const id = cluster.start("order", before);
  await cluster.deliver();
  cluster.suspect(first);
  const second = cluster.boot(2, [flaky]);
  second.room = 0;
  cluster.commit(second.presence.announcement);
  await cluster.sweep();
  assert.equal([built, second.running], [1, []], "no second try in the same epoch");
  second.room = 10;
  await cluster.sweep();
  assert.equal(second.says, ["park"]);
  await cluster.deliver();
  assert.is(cluster.run(id).status.kind, "parked");
});

test.run();
