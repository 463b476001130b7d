import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { replayHistory } from "raftoral/testing";
import { processOrder } from "../../examples/02-order/workflow.ts";
import type { Bench } from "./harness.ts";

// Short histories against today's code, on one core: CPU seconds, since those of the wall depend on
// the neighbours.

const HISTORIES = 10_000;
const SECONDS_IN_A_MINUTE = 60;
const TOP = "examples/histories";

export const bench: Bench = {
  name: "replay",
  run(report) {
    const version = readdirSync(TOP).sort().at(-1) ?? "";
    const history = readFileSync(join(TOP, version, "02-order.jsonl"), "utf8");
    const before = process.cpuUsage();
    for (let i = 0; i < HISTORIES; i++) {
      const { kind, why } = replayHistory(history, [processOrder]);
      if (kind !== "ok") throw new Error(why);
    }
    const { system, user } = process.cpuUsage(before);
    report({
      name: "short histories of 02-order replayed",
      unit: "per-second",
      value: HISTORIES / ((user + system) / 1e6),
      budget: HISTORIES / SECONDS_IN_A_MINUTE,
    });
  },
};
