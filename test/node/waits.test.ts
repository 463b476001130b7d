import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Waits } from "../../src/node/waits.ts";

const test = suite("node: waits");

const timers = { set: () => ({ cancel: () => {} }), defer: () => {} };

test("a look that sees a few waits at a time comes to each of them in turn", async () => {
  const waits = new Waits<undefined>(timers, "ended");
  const all = ["a", "b", "c", "d"].map((id) => waits.wait(id, {}).catch(() => {}));
  const seen = [waits.next(3), waits.next(3), waits.next(2)];
  assert.equal(seen, [
    ["a", "b", "c"],
    ["d", "a", "b"],
    ["c", "d"],
  ]);
  waits.failAll(new Error("over"));
  await Promise.all(all);
  assert.equal(waits.next(3), []);
});

test.run();
