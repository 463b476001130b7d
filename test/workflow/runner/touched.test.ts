import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type RunId, runId } from "../../../src/std/ids.ts";
import { TouchedRuns } from "../../../src/workflow/runner/touched.ts";

const test = suite("runner: touched runs");

const ids = (from: number, count: number): readonly RunId[] =>
  Array.from({ length: count }, (_, i) => runId(`${from + i}`));

/** Those below 100 are warm. */
function touched(...added: readonly RunId[]): TouchedRuns {
  const runs = new TouchedRuns((id) => Number(id) < 100);
  for (const id of added) runs.add(id);
  return runs;
}

function take(runs: TouchedRuns, count: number): readonly number[] {
  let left = count;
  return [...runs.taken(() => left-- === 0)].map(Number);
}

test("each is taken once, the warm ones first, and of each kind the first one first", () => {
  const runs = touched(...ids(200, 2), ...ids(1, 2), ...ids(200, 1));
  assert.is(runs.size, 4);
  assert.equal(take(runs, 9), [1, 2, 200, 201]);
  assert.equal([runs.size, take(runs, 9)], [0, []]);
});

test("what is left waits for the next round, with what came meanwhile", () => {
  const runs = touched(...ids(1, 3));
  assert.equal(take(runs, 1), [1]);
  runs.add(runId("1"));
  assert.equal(take(runs, 9), [2, 3, 1]);
});

test("who is not warm has a share, however busy the warm ones are", () => {
  const runs = touched(...ids(200, 5));
  let others = 0;
  for (let round = 0; round < 20; round++) {
    for (const id of ids(1, 8)) runs.add(id);
    others += take(runs, 1).filter((id) => id >= 200).length;
  }
  assert.is(others, 5);
});

test.run();
