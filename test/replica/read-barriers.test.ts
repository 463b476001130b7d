import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ReadBarriers } from "../../src/replica/read-barriers.ts";
import { index } from "../../src/std/ids.ts";

const test = suite("replica: read barriers");

/** Which of the waits are over, by name. */
function watch(): {
  readonly passed: string[];
  wait(barriers: ReadBarriers, name: string): void;
  settle(): Promise<void>;
} {
  const passed: string[] = [];
  return {
    passed,
    wait: (barriers, name) => {
      barriers.wait().then(
        () => passed.push(name),
        (error: Error) => passed.push(`${name}: ${error.message}`),
      );
    },
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

test("a barrier is passed when what was committed at its asking is applied here", async () => {
  const barriers = new ReadBarriers();
  const { passed, wait, settle } = watch();
  wait(barriers, "a");
  wait(barriers, "b");
  const round = barriers.begin(0);
  barriers.confirm(round, index(7));
  barriers.applied(index(6));
  await settle();
  assert.equal(passed, []);
  barriers.applied(index(7));
  await settle();
  assert.equal(passed, ["a", "b"]);
  assert.is(barriers.size, 0);
});

test("who asks while a round is under way waits for the next one", async () => {
  const barriers = new ReadBarriers();
  const { passed, wait, settle } = watch();
  wait(barriers, "early");
  const first = barriers.begin(0);
  wait(barriers, "late");
  barriers.confirm(first, index(3));
  barriers.applied(index(9));
  await settle();
  assert.equal(passed, ["early"]);
  barriers.confirm(barriers.begin(0), index(9));
  barriers.applied(index(9));
  await settle();
  assert.equal(passed, ["early", "late"]);
});

test("a lost round is asked again by a new number; its late answer counts for none", async () => {
  const barriers = new ReadBarriers();
  const { passed, wait, settle } = watch();
  wait(barriers, "a");
  const lost = barriers.begin(0);
  barriers.expire(0);
  assert.ok(barriers.hasFresh);
  const again = barriers.begin(10);
  assert.is.not(again, lost);
  barriers.confirm(lost, index(1));
  barriers.applied(index(5));
  await settle();
  assert.equal(passed, []);
  barriers.confirm(again, index(5));
  barriers.applied(index(5));
  await settle();
  assert.equal(passed, ["a"]);
});

test("at the end everybody hears why, in whatever state the wait is", async () => {
  const barriers = new ReadBarriers();
  const { passed, wait, settle } = watch();
  wait(barriers, "confirmed");
  barriers.confirm(barriers.begin(0), index(9));
  wait(barriers, "asked");
  barriers.begin(0);
  wait(barriers, "fresh");
  assert.is(barriers.size, 3);
  barriers.failAll(new Error("over"));
  await settle();
  assert.equal(passed.sort(), ["asked: over", "confirmed: over", "fresh: over"]);
});

test.run();
