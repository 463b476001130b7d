import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compute, type Gen, startNode, workflow } from "raftoral";
import type { Bench, Report } from "./harness.ts";

// One node, its engine inline and on a thread of its own: what the thread costs. CPU is that of the
// whole process, all threads together.

const SEQUENTIAL = 3_000;
const RUNS = 128;
const EFFECTS = 50;

const ticks = workflow({
  name: "ticks",
  run: function* (times: number): Gen<number> {
    for (let i = 0; i < times; i++) yield* compute("tick", () => i);
    return times;
  },
});

export const bench: Bench = {
  name: "threads",
  run: async (report) => {
    for (const kept of ["in memory", "on a disk"] as const) {
      for (const engine of ["inline", "worker"] as const) {
        const dataDir = mkdtempSync(join(tmpdir(), "threads-"));
        const node = await startNode({
          workflows: [ticks],
          engine,
          logLevel: "silent",
          ...(kept === "on a disk" ? { dataDir } : {}),
        });
        const all = async (runs: number, times: number): Promise<void> => {
          const started = Array.from({ length: runs }, () => node.start(ticks, times));
          for (const run of await Promise.all(started)) await run.result();
        };
        await all(RUNS, EFFECTS);
        await all(1, SEQUENTIAL / 4);
        const name = `${engine}, ${kept}`;
        await measured(report, `${name}: one run`, SEQUENTIAL, () => all(1, SEQUENTIAL));
        await measured(report, `${name}: ${RUNS} runs`, RUNS * EFFECTS, () => all(RUNS, EFFECTS));
        await node.stop();
        rmSync(dataDir, { recursive: true, force: true });
      }
    }
  },
};

async function measured(
  report: Report,
  name: string,
  effects: number,
  body: () => Promise<void>,
): Promise<void> {
  const before = process.cpuUsage();
  const startedMs = performance.now();
  await body();
  const tookUs = (performance.now() - startedMs) * 1_000;
  const { system, user } = process.cpuUsage(before);
  report({ name: `${name}, an effect`, unit: "us", value: tookUs / effects });
  report({ name: `${name}, CPU of an effect`, unit: "us", value: (system + user) / effects });
}
