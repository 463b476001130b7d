// run: beside
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DiskFull } from "../../src/errors.ts";
import type { Node } from "../../src/node/node.ts";
import { startNode } from "../../src/node/start-node.ts";
import { workflow } from "../../src/workflow/dsl/define.ts";
import { compiled, compiledPath } from "../fixtures/compiled.ts";
import { until } from "../fixtures/until.ts";

/** Faults that the system itself makes: a small file system, and calls that strace lets fail. */
const test = suite("scenario: real faults", { limitMs: 120_000 });

const echo = workflow({
  name: "echo",
  run: function* (text: string) {
    return text;
  },
});

const works = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: "ignore" }).status === 0;

function smallFileSystem(bytes: number): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), "small-"));
  if (works("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", directory)) return directory;
  rmSync(directory, { recursive: true });
  return undefined;
}

const MIB = 1024 * 1024;
const small = smallFileSystem(64 * MIB);
const hasStrace = works("strace", "-V");
const maybe = (isThere: boolean, why: string) => {
  if (!isThere) process.stderr.write(`NOT TESTED: ${why}\n`);
  return isThere ? test : test.skip;
};

/** Ids of the runs that were told as started, until one is refused. */
async function fill(node: Node): Promise<readonly string[]> {
  const text = "x".repeat(100_000);
  const started: string[] = [];
  for (let i = 0; ; i++) {
    assert.ok(i < 1_000, "it never fills");
    try {
      await node.start(echo, text, { id: `run-${i}` });
      started.push(`run-${i}`);
    } catch (error) {
      assert.instance(error, DiskFull);
      return started;
    }
  }
}

maybe(small !== undefined, "a full disk needs root, to mount a small file system")(
  "a node on a full file system refuses, reads on, goes on with room, and has lost nothing",
  async () => {
    const place = small ?? "";
    const options = {
      workflows: [echo],
      dataDir: join(place, "data"),
      logLevel: "silent",
    } as const;
    const node = await startNode(options);
    try {
      const { bavail, bsize } = statfsSync(place);
      writeFileSync(join(place, "ballast"), new Uint8Array(bavail * bsize - 12 * MIB));
      const started = await fill(node);
      assert.ok(started.length > 20, `${started.length} were taken`);
      await until(() => node.status().isDiskFull, "it says that it is full");
      assert.ok((await node.list({ limit: 1_000 })).runs.length >= started.length, "reads go on");
      unlinkSync(join(place, "ballast"));
      await until(() => !node.status().isDiskFull, "it has room");
      const run = await node.start(echo, "afterwards", { id: "afterwards" });
      assert.is(await run.result(), "afterwards");
      await node.stop();
      const again = await startNode(options);
      for (const id of started) await again.get(echo, id).result({ timeout: "10s" });
      await again.stop();
      await noRoomForALock(place, options);
    } finally {
      await node.stop();
      spawnSync("umount", ["-l", place]);
      rmSync(place, { recursive: true, force: true });
    }
  },
);

/** Not a byte is left: no start, by the same code; nothing of it is in the way of the next one. */
async function noRoomForALock(
  place: string,
  options: Parameters<typeof startNode>[0],
): Promise<void> {
  const ballast = join(place, "ballast");
  const { bavail, bsize } = statfsSync(place);
  writeFileSync(ballast, new Uint8Array(bavail * bsize));
  const error = await startNode(options).catch((thrown: unknown) => thrown);
  assert.instance(error, DiskFull, String(error));
  unlinkSync(ballast);
  await (await startNode(options)).stop();
}

const RUNS = 100;

/** The node of the kill test; strace counts the calls of each thread, so there is one for files. */
async function traced(directory: string, inject: string): Promise<string> {
  const worker = compiledPath(await compiled(), "test/fixtures/kill/worker.ts");
  const node = [process.execPath, worker, join(directory, "data"), join(directory, "notes")];
  const strace = [
    "-f",
    "-o",
    "/dev/null",
    "-e",
    "trace=fdatasync,pwrite64",
    "-e",
    `inject=${inject}`,
  ];
  const child = spawn("strace", [...strace, ...node, `${RUNS}`], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, UV_THREADPOOL_SIZE: "1" },
  });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  await new Promise((resolve) => child.on("close", resolve));
  return said;
}

function ends(directory: string): ReadonlyMap<string, string> {
  const path = join(directory, "notes");
  const lines = existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
  const told = lines.map((line) => line.split(" ")).filter(([word]) => word === "ended");
  const all = new Map<string, string>();
  for (const [, run = "", sum = ""] of told) {
    assert.is(all.get(run) ?? sum, sum, `run ${run} has one end`);
    all.set(run, sum);
  }
  return all;
}

// A frame of the log is written safely by one call (O_DSYNC), all else is written and then synced.
const failures = [
  ["fdatasync", 6],
  ["pwrite64", 12],
  ["pwrite64", 40],
  ["pwrite64", 75],
] as const;

for (const [call, at] of failures) {
  maybe(hasStrace, `a failing ${call} needs strace`)(
    `a node whose ${call} ${at} fails stops at once, says why, and loses nothing it told`,
    async () => {
      const directory = mkdtempSync(join(tmpdir(), "eio-"));
      try {
        const said = await traced(directory, `${call}:error=EIO:when=${at}`);
        assert.match(said, /EIO|i\/o error/i, "it says what failed");
        assert.match(said, join(directory, "data"), "and of which file");
        const before = ends(directory);
        assert.ok(before.size < RUNS, "it stopped");
        // The disk is well again; what was told before is still so.
        await traced(directory, "fdatasync:delay_enter=1:when=1");
        const after = ends(directory);
        assert.is(after.size, RUNS);
        for (const [run, sum] of before) assert.is(after.get(run), sum);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  );
}

maybe(hasStrace, "a slow disk needs strace")(
  "a disk that takes 20 ms for each write and sync slows a node down, and breaks nothing",
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "slow-"));
    try {
      assert.is(await traced(directory, "fdatasync,pwrite64:delay_enter=20000"), "");
      assert.is(ends(directory).size, RUNS);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
);

test.run();
