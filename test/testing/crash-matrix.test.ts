import { compute, type Gen, sleep, workflow } from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { crashMatrix } from "../../src/testing/crash-matrix.ts";

const test = suite("testing: crash matrix");

const addUp = workflow({
  name: "add-up",
  run: function* (to: number): Gen<number> {
    let sum = 0;
    for (let i = 1; i <= to; i++) {
      sum += yield* compute("add", () => i);
      yield* sleep("1s");
    }
    return sum;
  },
});

for (const nodes of [1, 3]) {
  test(`on ${nodes}: a takeover at every entry, before and after the owner saw it`, async () => {
    const report = await crashMatrix({
      nodes,
      scenario: async (world) => {
        await world.start(addUp, 4, "sum");
        return await world.end("sum");
      },
    });
    assert.equal(report.outcome, { kind: "completed", value: 10 });
    assert.ok(report.takeovers >= 16, `${report.takeovers} takeovers`);
  });
}

test("an outcome that a takeover changes is told, with its place", async () => {
  let lives = 0;
  const forgetful = workflow({
    name: "forgetful",
    run: function* (_: number): Gen<number> {
      return yield* compute("count", () => lives);
    },
  });
  const told = await crashMatrix({
    scenario: async (world) => {
      lives++;
      await world.start(forgetful, 1, "run");
      return await world.end("run");
    },
  }).catch((error) => error.message);
  assert.match(told, /^a takeover at entry \d+, before the owner saw it: the outcome is/);
});

test.run();
