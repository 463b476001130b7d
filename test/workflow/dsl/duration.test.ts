import { inspect } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../../src/errors.ts";
import { type Duration, durationMs } from "../../../src/workflow/dsl/duration.ts";
import { opEffect } from "../../../src/workflow/dsl/effect.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";

const test = suite("dsl: durations");

const isRefused = (error: unknown): boolean =>
  error instanceof RaftoralError && error.code === "invalid-argument";

test("a duration is milliseconds, a text with a unit, or a record of units", () => {
  const known: readonly (readonly [Duration, number])[] = [
    [0, 0],
    [250, 250],
    ["250ms", 250],
    ["1 millisecond", 1],
    ["2milliseconds", 2],
    ["3s", 3_000],
    ["1 second", 1_000],
    ["2 seconds", 2_000],
    ["4m", 240_000],
    ["1 minute", 60_000],
    ["2 minutes", 120_000],
    ["5h", 18_000_000],
    ["1 hour", 3_600_000],
    ["2 hours", 7_200_000],
    ["6d", 518_400_000],
    ["1 day", 86_400_000],
    ["2 days", 172_800_000],
    [{}, 0],
    [{ hours: 1, minutes: 30 }, 5_400_000],
    [{ days: 1, seconds: 1, milliseconds: 1 }, 86_401_001],
  ];
  for (const [duration, ms] of known) assert.is(durationMs(duration), ms, String(duration));
});

test("a part of a millisecond is rounded up: nothing is due too early", () => {
  assert.is(durationMs(0.1), 1);
  assert.is(durationMs("1.5s"), 1_500);
  assert.is(durationMs("0.0001s"), 1);
  assert.is(durationMs({ minutes: 0.5 }), 30_000);
});

test("what is no duration, negative or not finite is refused, and shown", () => {
  const none: readonly unknown[] = [
    -1,
    Number.NaN,
    Infinity,
    2 ** 53,
    "",
    "5",
    "-5s",
    "five minutes",
    "1 week",
    "1s 2ms",
    "1e3ms",
    "1 S",
    "1 m s",
    "1 mss",
    null,
    undefined,
    true,
    { weeks: 1 },
    { hours: -1 },
    { hours: "1" },
    { hour: 1, minutes: Number.NaN },
    { toString: 1 },
    [],
    [5],
    new Date(5),
    Promise.resolve(5),
    () => 5,
    5n,
    { hours: 1n },
    { hours: [] },
    Symbol("5"),
  ];
  for (const duration of none) {
    assert.throws(() => durationMs(duration as Duration), isRefused, inspect(duration));
  }
  const told = (duration: unknown): string => {
    try {
      return String(durationMs(duration as Duration));
    } catch (error) {
      return /(.*) is not a duration: write 250/.exec(String(error))?.[1] ?? "";
    }
  };
  assert.match(told("five"), /"five"$/);
  assert.match(told(Number.NaN), /NaN$/);
  assert.match(told(null), /null$/);
  assert.match(told({ hours: 1n, days: 2 }), /\{ hours: bigint, days: 2 \}$/);
});

test("a sleep takes a duration, and is refused where it is written", () => {
  assert.equal(opEffect(sleep("2s")), { kind: "sleep", durationMs: 2_000 });
  assert.equal(opEffect(sleep(0)), { kind: "sleep", durationMs: 0 });
  assert.throws(() => sleep(-1), isRefused);
});

test.run();
