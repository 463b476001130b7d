import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bench, ofSamples, quantile, type Report } from "./harness.ts";

// A node with 100,000 runs that sleep is killed, and started again on a copy of what it left, each
// time in a new process: until it may own runs, until one of them is woken, and 5 s beyond. The CPU
// is all of the process's from `startNode` on, its collector's and thread pool's threads included.

const RUNS = 100_000;
const ROUNDS = 3;

interface Restart {
  readonly readyMs: number;
  readonly readyCpu: number;
  readonly wokenMs: number;
  readonly cpu: number;
  readonly turnMs: number;
}

/** It ends by a kill of its own: what it said on a line is its answer. */
function life<T>(dataDir: string, runs: number): Promise<T> {
  const args = [...process.execArgv, "test/bench/restart/life.ts", dataDir, `${runs}`];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, (error, out, errors) => {
      if (out === "") reject(error ?? new Error(errors));
      else resolve(JSON.parse(out));
    });
  });
}

async function measure(folder: string, report: Report): Promise<void> {
  const left = join(folder, "left");
  const { bytes, logEntries } = await life<{ bytes: number; logEntries: number }>(left, RUNS);
  const name = `restart of ${RUNS} sleeping runs`;
  const rounds: Restart[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const dataDir = join(folder, `${round}`);
    cpSync(left, dataDir, { recursive: true });
    rounds.push(await life<Restart>(dataDir, 0));
    rmSync(dataDir, { recursive: true });
  }
  const of = (what: keyof Restart): readonly number[] => rounds.map((round) => round[what]);
  report(ofSamples(`${name}: ready`, "ms", of("readyMs")));
  report(ofSamples(`${name}: one woken`, "ms", of("wokenMs")));
  const [ready, all] = [quantile(of("readyCpu"), 0.5), quantile(of("cpu"), 0.5)];
  report({ name: `${name}: CPU until ready`, unit: "ms", value: 1_000 * ready });
  report({ name: `${name}: CPU, 5 s more`, unit: "ms", value: 1_000 * all });
  report(ofSamples(`${name}: CPU of the longest turn`, "ms", of("turnMs")));
  report({ name: `${name}: its log`, unit: "entries", value: logEntries });
  report({ name: `${name}: its directory`, unit: "bytes", value: bytes });
}

export const bench: Bench = {
  name: "restart",
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), "restart-"));
    try {
      await measure(folder, report);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
