import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry } from "../../src/raft/types.ts";
import { index, term } from "../../src/std/ids.ts";
import { openDiskLogStore } from "../../src/storage/disk/disk-log-store.ts";
import { frameBytes } from "../../src/storage/disk/frame.ts";
import { nodeFileSystem } from "../../src/storage/disk/node-file-system.ts";
import type { LogStore } from "../../src/storage/port.ts";
import { type Bench, ofSamples, type Report } from "./harness.ts";

// A commit of 300 bytes from each of N writers, all in one write, as the replica groups them;
// beside it a bare write and fdatasync of as many bytes, into a file of zeros, one after the other
// in the same rounds. On the disk of TMPDIR.

const BYTES = 300;
const ROUNDS = 400;

const data = new Uint8Array(BYTES).fill(7);

function entries(from: number, count: number): readonly Entry[] {
  return Array.from({ length: count }, (_, i) => ({
    index: index(from + i),
    term: term(1),
    kind: "normal",
    data,
  }));
}

const saved = (store: LogStore, what: readonly Entry[]): Promise<void> =>
  new Promise((resolve, reject) => {
    store.save({ entries: what }, (failure) => {
      if (failure === undefined) resolve();
      else reject(new Error(failure.reason));
    });
  });

async function timed(act: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await act();
  return (performance.now() - started) * 1_000;
}

async function measure(writers: number, directory: string, report: Report): Promise<void> {
  const fs = nodeFileSystem();
  const store = await openDiskLogStore({ fs, directory: join(directory, `log-${writers}`) });
  const batchBytes = frameBytes(writers * (BYTES + 8));
  const bare = await open(join(directory, `bare-${writers}`), "w+");
  await bare.write(new Uint8Array(batchBytes * (ROUNDS + 50)));
  await bare.datasync();
  const batch = new Uint8Array(batchBytes).fill(7);
  const own: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < ROUNDS + 50; round++) {
    const what = entries(1 + round * writers, writers);
    const ours = await timed(() => saved(store, what));
    const theirs = await timed(async () => {
      await bare.write(batch, 0, batchBytes, round * batchBytes);
      await bare.datasync();
    });
    if (round < 50) continue;
    own.push(ours);
    floor.push(theirs);
  }
  store.close();
  await bare.close();
  const sum = (of: readonly number[]): number => of.reduce((total, one) => total + one, 0);
  const name = `wal: ${writers} writers, 300 bytes each`;
  report({ ...ofSamples(name, "us", own), ...beside(own, floor) });
  const perSecond = (of: readonly number[]): number => (writers * ROUNDS * 1e6) / sum(of);
  const value = perSecond(own);
  report({
    name: `${name}, commits`,
    unit: "per-second",
    value,
    floor: perSecond(floor),
    ratio: value / perSecond(floor),
    budget: 0.7 * perSecond(floor),
  });
}

function beside(own: readonly number[], floor: readonly number[]) {
  const { value } = ofSamples("floor", "us", floor);
  return { floor: value, ratio: ofSamples("own", "us", own).value / value };
}

export const bench: Bench = {
  name: "wal",
  async run(report) {
    const directory = mkdtempSync(join(tmpdir(), "wal-"));
    try {
      for (const writers of [1, 64, 256]) await measure(writers, directory, report);
    } finally {
      // The store closes its files after what is under way.
      await new Promise((resolve) => setTimeout(resolve, 50));
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
