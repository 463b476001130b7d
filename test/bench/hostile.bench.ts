import { createValueCodec } from "../../src/workflow/values/codec.ts";
import { HOSTILE_PAYLOADS } from "../workflow/values/hostile-payloads.ts";
import type { Bench } from "./harness.ts";

// RELIABILITY 4c: how long a crafted payload may hold the engine, per mebibyte; one below a
// mebibyte counts as one. The dearest five, each beside the bare JSON.parse of a mebibyte of empty
// lists. CPU time, and the least of some tries, since neighbours only ever add to it.

const MIB = 1_048_576;
const BUDGET_MS = 50;
const TRIES = 7;
const SHOWN = 5;

export const bench: Bench = {
  name: "hostile",
  run(report) {
    const codec = createValueCodec();
    const floorText = `[${"[],".repeat(MIB / 3 - 2)}[]]`;
    const floor = leastMs(() => JSON.parse(floorText));
    const figures = Object.entries(HOSTILE_PAYLOADS).map(([name, make]) => {
      const bytes = make();
      const mebibytes = Math.max(1, bytes.length / MIB);
      return { name, value: leastMs(() => codec.decode(bytes)) / mebibytes };
    });
    figures.sort((a, b) => b.value - a.value);
    for (const { name, value } of figures.slice(0, SHOWN)) {
      report({ name, unit: "ms", value, floor, ratio: value / floor, budget: BUDGET_MS });
    }
  },
};

/** CPU milliseconds, whether it ends in a value or in a refusal. */
function leastMs(decode: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = process.cpuUsage();
    try {
      decode();
    } catch {
      // A refusal: its time counts too.
    }
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}
