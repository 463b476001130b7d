import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Position, position } from "../../../src/std/ids.ts";
import { prng } from "../../../src/std/prng.ts";
import { MarkPool } from "../../../src/workflow/machine/marks.ts";

/** Marks that runs share. */
const test = suite("workflow machine: marks");

const marks = (...of: readonly number[]): readonly Position[] => of.map(position);

test("marks with one more are those marks and that one, whatever was asked for before", () => {
  const random = prng(1);
  const pool = new MarkPool();
  for (let i = 0; i < 20_000; i++) {
    const before = Array.from({ length: random.below(4) }, () => position(random.below(3)));
    const mark = position(random.below(3));
    assert.equal(pool.append(before, mark), [...before, mark]);
  }
});

test("of more than are kept the oldest go", () => {
  const pool = new MarkPool();
  assert.equal(pool.append(marks(1, 2), position(3), 3), marks(1, 2, 3));
  assert.equal(pool.append(marks(1, 2, 3), position(4), 3), marks(2, 3, 4));
  assert.equal(pool.append(marks(9, 2, 3), position(4), 3), marks(2, 3, 4));
});

test("runs that slept through the same share theirs", () => {
  const pool = new MarkPool();
  const first = pool.append(marks(1), position(1));
  assert.is(pool.append(marks(1), position(1)), first);
  assert.is(pool.append(first, position(1)), pool.append(marks(1, 1), position(1)));
});

test.run();
