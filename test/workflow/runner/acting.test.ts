import { suite } from "uvu";
import * as assert from "uvu/assert";
import { all } from "../../../src/workflow/dsl/combinators.ts";
import { workflow } from "../../../src/workflow/dsl/define.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { checkpoint } from "../../../src/workflow/dsl/write-behind.ts";
import { Cluster, call, resultOf } from "./host.ts";

const test = suite("runner: acting on the world");

const marked = workflow({
  name: "marked",
  run: function* () {
    yield* checkpoint("mark", 1);
    return yield* all([call("pay"), sleep(50)]);
  },
});

test("rule 10: bodies and timers start once the writes of their stretch were accepted", async () => {
  const cluster = new Cluster();
  const host = cluster.join(1, [marked]);
  const id = cluster.start("a", marked);
  await cluster.turn();
  assert.equal(host.says, ["#1 write mark"]);
  assert.equal([host.running, host.timers], [[], []]);
  await cluster.deliver();
  assert.equal([host.running, host.timers], [["pay"], [50]]);
  await host.give("pay", "paid");
  await cluster.pass(50);
  await cluster.deliver();
  assert.equal(resultOf(cluster.run(id)), ["paid", undefined]);
});

test.run();
