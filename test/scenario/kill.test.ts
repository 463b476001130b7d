// run: beside
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { prng } from "../../src/std/prng.ts";
import { compiled, compiledPath } from "../fixtures/compiled.ts";
import { until } from "../fixtures/until.ts";

/** A real process on real files, killed as the kernel kills. */
const test = suite("scenario: kill -9", { limitMs: 300_000 });

const RUNS = 100;
const EFFECTS = 6;
const KILLS = 50;
const SEED = 1;

const worker = compiledPath(await compiled(), "test/fixtures/kill/worker.ts");

function begin(directory: string): { child: ChildProcess; exit: Promise<number | null> } {
  const args = [worker, join(directory, "data"), join(directory, "notes"), `${RUNS}`];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  const exit = new Promise<number | null>((resolve) => child.on("exit", resolve));
  return { child, exit };
}

const notes = (directory: string): readonly string[] => {
  const path = join(directory, "notes");
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
};

const count = (lines: readonly string[], word: string): number =>
  lines.filter((line) => line.startsWith(word)).length;

test("killed at any time, a node loses no run, and no end that it had told", async () => {
  const directory = mkdtempSync(join(tmpdir(), "kill-"));
  const random = prng(SEED);
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const ups = count(notes(directory), "up");
      const executed = count(notes(directory), "executed");
      const { child, exit } = begin(directory);
      const more = random.below(12);
      // At some point of its start, or after so many more executions.
      const isEarly = random.chance(0.2);
      let hasEnded = false;
      void exit.then(() => {
        hasEnded = true;
      });
      await until(
        () =>
          hasEnded ||
          (count(notes(directory), "up") > ups &&
            (isEarly || count(notes(directory), "executed") >= executed + more)),
        `as much as was to come before kill ${kill}, SEED=${SEED}`,
      );
      child.kill("SIGKILL");
      await exit;
    }
    assert.is(await begin(directory).exit, 0, `SEED=${SEED}`);
    check(notes(directory));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

function check(lines: readonly string[]): void {
  assert.ok(count(lines, "up") > 1, "it was killed at least once in the middle");
  const ends = new Map<string, string>();
  for (const line of lines) {
    const [word, run = "", sum = ""] = line.split(" ");
    if (word !== "ended") continue;
    assert.is(ends.get(run) ?? sum, sum, `run ${run} has one end`);
    ends.set(run, sum);
  }
  for (let run = 0; run < RUNS; run++) {
    const expected = EFFECTS * run + (EFFECTS * (EFFECTS - 1)) / 2;
    assert.is(ends.get(`${run}`), `${expected}`, `run ${run}`);
  }
  const attempts = new Map<string, number[]>();
  for (const line of lines) {
    const [word, key = "", attempt] = line.split(" ");
    if (word === "executed") attempts.set(key, [...(attempts.get(key) ?? []), Number(attempt)]);
  }
  assert.is(attempts.size, RUNS * EFFECTS, "each effect ran, under one key");
  for (const [key, list] of attempts) {
    const sorted = [...list].sort((a, b) => a - b);
    assert.equal(list, sorted, `${key}: attempts only grow`);
    assert.is(new Set(list).size, list.length, `${key}: no attempt twice`);
    assert.ok(list.length <= 1 + KILLS, `${key}: one execution more for a kill at most`);
  }
}

test.run();
