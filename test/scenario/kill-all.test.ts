// run: beside
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startNatsServer } from "../../examples/nats/server.ts";
import { prng } from "../../src/std/prng.ts";
import { compiled, compiledPath } from "../fixtures/compiled.ts";

/** Three real processes on real files, all killed at once, again and again. */
const test = suite("scenario: kill -9 of all", { limitMs: 120_000 });

const NAMES = ["a", "b", "c"];
const RUNS = 15;
const EFFECTS = 4;
const KILLS = 3;
const SEED = 1;
const LOOK_MS = 5;

const lines = (path: string): readonly string[] =>
  existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];

const count = (path: string, word: string): number =>
  lines(path).filter((line) => line.startsWith(word)).length;

test("three killed at once, at any time, lose nothing that was told, double nothing", async () => {
  const directory = mkdtempSync(join(tmpdir(), "kill-all-"));
  const notes = join(directory, "notes");
  const server = await startNatsServer();
  const random = prng(SEED);
  const member = compiledPath(await compiled(), "test/fixtures/kill/member.ts");
  let children: readonly ChildProcess[] = [];
  const killAll = async (): Promise<void> => {
    const ends = children.filter(({ exitCode }) => exitCode === null).map((it) => once(it, "exit"));
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(ends);
    children = [];
  };
  const startAll = (): void => {
    children = NAMES.map((name) => {
      const dataDir = join(directory, name);
      const args = [member, name, server.url, dataDir, notes, `${RUNS}`];
      return spawn(process.execPath, args, {
        stdio: ["pipe", "ignore", "inherit"],
      });
    });
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) {
      const ended = children.find(({ exitCode }) => exitCode !== null);
      assert.is(ended?.exitCode, undefined, `a member ended by itself, SEED=${SEED}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  };
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const executed = count(notes, "executed");
      startAll();
      // Founding is not to be cut short every time: later ones are killed as they start, too.
      const more = kill === 1 ? 1 : 5 + random.below(40);
      await until(() => count(notes, "executed") >= executed + more);
      await killAll();
    }
    startAll();
    await until(() => NAMES.every((name) => count(notes, `finished ${name}`) > 0));
    check(lines(notes));
  } finally {
    await killAll();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});

function check(all: readonly string[]): void {
  const ends = new Map<string, string>();
  const attempts = new Map<string, number[]>();
  for (const line of all) {
    const [word, key = "", value = ""] = line.split(" ");
    if (word === "ended") {
      assert.is(ends.get(key) ?? value, value, `${key} has one end`);
      ends.set(key, value);
    }
    if (word === "executed") attempts.set(key, [...(attempts.get(key) ?? []), Number(value)]);
  }
  for (const name of NAMES) {
    for (let run = 0; run < RUNS; run++) {
      const expected = EFFECTS * run + (EFFECTS * (EFFECTS - 1)) / 2;
      assert.is(ends.get(`${name}-${run}`), `${expected}`, `${name}-${run}`);
    }
  }
  // A run that was told as started, and lost, would begin anew under other keys.
  assert.is(attempts.size, NAMES.length * RUNS * EFFECTS, "each effect ran, under one key");
  const executions = [...attempts.values()];
  assert.ok(
    executions.some(({ length }) => length > 1),
    "some effect was under way at a kill",
  );
  for (const [key, list] of attempts) {
    assert.is(new Set(list).size, list.length, `${key}: no attempt twice`);
  }
}

test.run();
