import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ofSamples, quantile, withFloor } from "./harness.ts";

const test = suite("bench: harness");

function bench(...args: string[]): { code: number | null; out: string; error: string } {
  const run = spawnSync(process.execPath, [...process.execArgv, "test/bench/main.ts", ...args], {
    encoding: "utf8",
  });
  return { code: run.status, out: run.stdout, error: run.stderr };
}

test("a quantile is one of the samples", () => {
  const samples = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.is(quantile(samples, 0.5), 51);
  assert.is(quantile(samples, 0.99), 100);
  assert.is(quantile([7], 0.99), 7);
});

test("a record of samples has their median as its value, and a ratio to its floor", () => {
  const record = withFloor(ofSamples("commit", "us", [1, 2, 3, 40]), 1.5);
  const expected = { name: "commit", unit: "us", value: 3, p50: 3, p99: 40, floor: 1.5, ratio: 2 };
  assert.equal(record, expected);
});

test("--json prints one record a line and nothing else", () => {
  const { code, out } = bench("floors", "--json");
  const records = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.is(code, 0);
  assert.is(records.length, 3);
  assert.ok(records.every(({ name, unit, value }) => name && unit && value > 0));
});

test("an unknown suite is refused, and the known ones are named", () => {
  const { code, error } = bench("no-such-suite");
  assert.is(code, 1);
  assert.match(error, "floors");
});

test.run();
