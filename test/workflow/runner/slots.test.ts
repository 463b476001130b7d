import { suite } from "uvu";
import * as assert from "uvu/assert";
import { all, race } from "../../../src/workflow/dsl/combinators.ts";
import { workflow } from "../../../src/workflow/dsl/define.ts";
import type { Gen } from "../../../src/workflow/dsl/effect.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { Cluster, call, type Host } from "./host.ts";

const test = suite("runner: places for effect bodies");

const flowOf = (run: (input: unknown) => Gen<unknown>) => workflow({ name: "flow", run });

/** One body, named by the run's input. */
const one = flowOf(function* (name) {
  return yield* call(String(name));
});

function started(host: Host): readonly string[] {
  return host.executions.map(({ name }) => name);
}

function startAll(cluster: Cluster, names: string): void {
  for (const name of names) cluster.start(name, one, 1, name);
}

test("bodies beyond the limit wait, first come, first served, and run later", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [one], { concurrentEffects: 2 });
  startAll(cluster, "abcde");
  assert.equal([started(host), host.runner.effectsRunning], [["a", "b"], 2]);
  await host.give("b");
  assert.equal(started(host), ["a", "b", "c"], "its end need not be accepted first");
  await host.fail("a");
  assert.equal(
    [started(host), host.running],
    [
      ["a", "b", "c", "d"],
      ["c", "d"],
    ],
  );
  await host.give("c");
  await host.give("d");
  await host.give("e");
  await cluster.deliver();
  assert.is(host.runner.effectsRunning, 0);
  const ends = [...cluster.state.runs.values()].map(({ status }) => status.kind);
  assert.equal(ends, ["failed", "completed", "completed", "completed", "completed"]);
});

test("runs take turns: one with many bodies does not keep the others waiting", async () => {
  const many = workflow({
    name: "many",
    run: function* () {
      yield* all([call("1"), call("2"), call("3")]);
    },
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [one, many], { concurrentEffects: 1 });
  cluster.start("many", many);
  startAll(cluster, "ab");
  for (const name of ["1", "2", "a", "b"]) await host.give(name);
  assert.equal(started(host), ["1", "2", "a", "b", "3"]);
});

test("sweeps and further events keep the order, and start none beyond the limit", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [one], { concurrentEffects: 1 });
  startAll(cluster, "abc");
  host.runner.wakeAll();
  await cluster.sweep();
  startAll(cluster, "d");
  assert.equal(started(host), ["a"]);
  for (const name of ["a", "b", "c", "d"]) await host.give(name);
  assert.equal(started(host), ["a", "b", "c", "d"]);
});

test("a body that timed out leaves its place", async () => {
  const flow = flowOf(function* (name) {
    yield* call(String(name), { timeout: 50 });
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [flow], { concurrentEffects: 1 });
  for (const name of "ab") cluster.start(name, flow, 1, name);
  await cluster.pass(50);
  assert.equal([started(host), host.runner.effectsRunning], [["a", "b"], 1]);
});

test("bodies of a run that went to another owner leave their places", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [one], { concurrentEffects: 1 });
  cluster.join(2, [one]);
  cluster.start("a", one, 1, "a");
  cluster.suspect(host);
  cluster.commit(host.presence.announcement);
  assert.is(host.runner.effectsRunning, 0);
  cluster.start("b", one, 1, "b");
  assert.equal([host.body("a").fx.signal.aborted, started(host)], [true, ["a", "b"]]);
});

test("a place that its first in line needs no more goes to the next at once", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [one], { concurrentEffects: 1 });
  startAll(cluster, "a");
  const runId = cluster.start("b", one, 1, "b");
  startAll(cluster, "c");
  cluster.commit({ kind: "terminate", runId, reason: "test" });
  await host.give("a");
  assert.equal(started(host), ["a", "c"], "no sweep is needed");
});

test("a branch that lost its race in the line gives its turn to the next at once", async () => {
  const raced = workflow({
    name: "raced",
    run: function* () {
      yield* race([call("loser"), sleep(50)]);
      yield* sleep(5_000);
    },
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [one, raced], { concurrentEffects: 1 });
  startAll(cluster, "a");
  cluster.start("raced", raced);
  startAll(cluster, "b");
  await cluster.pass(50);
  await cluster.deliver();
  await host.give("a");
  assert.equal(started(host), ["a", "b"], "no sweep is needed");
});

test("a free place is kept for the first in line: none that came later takes it", async () => {
  const raced = workflow({
    name: "raced",
    run: function* () {
      yield* race([call("loser"), sleep(50)]);
      yield* sleep(5_000);
    },
  });
  const waits = workflow({
    name: "waits",
    run: function* () {
      yield* sleep(50);
      yield* call("late");
    },
  });
  const cluster = new Cluster();
  const host = cluster.join(1, [one, raced, waits], { concurrentEffects: 1 });
  cluster.start("raced", raced);
  cluster.start("waits", waits);
  startAll(cluster, "a");
  assert.equal(started(host), ["loser"]);
  await cluster.pass(50);
  await cluster.deliver();
  assert.equal(started(host), ["loser", "a"], "in one turn: the loser goes, and late asks");
  await host.give("a");
  assert.equal(started(host), ["loser", "a", "late"]);
});

test.run();
