import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { type Bench, type BenchRecord, withFloor } from "./harness.ts";
import { makeTree } from "./lint-tree.ts";

// The linter over a generated project beside `tsc --noEmit` over the same, in processes of their
// own: CPU seconds, since those of the wall depend on the neighbours, and the most memory held.

const SIZE = { files: 1_000, workflows: 100 } as const;
const ROUNDS = 3;
const RATIO_MAX = 0.6;
const TSC = resolve("node_modules/typescript/bin/tsc");
const BUILT = resolve("node_modules/.cache/raftoral-bench");

export const bench: Bench = {
  name: "lint",
  run(report) {
    build();
    const tree = makeTree({ ...SIZE, hasLanguage: true });
    const plain = makeTree({ ...SIZE, hasLanguage: false });
    try {
      for (const record of figures(tree, plain)) report(record);
    } finally {
      for (const folder of [tree, plain, BUILT]) rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** As it is published: through tsx a part of the time would be tsx's. */
function build(): void {
  const options = ["-p", "src/tsconfig.build.json", "--outDir", BUILT, "--sourceMap", "false"];
  execFileSync(process.execPath, [TSC, ...options, "--inlineSources", "false"]);
}

function figures(tree: string, plain: string): readonly BenchRecord[] {
  const tsc = best(() => measure([TSC, "--noEmit", "-p", tree]));
  const cold = best(() => measureLint(tree));
  const cache = ["--cache", join(tree, ".cache")];
  measureLint(tree, cache);
  const warm = best(() => measureLint(tree, cache));
  const none = best(() => measureLint(plain));
  const coldRecord = withFloor(ms("cold, CPU", cold.cpuMs), tsc.cpuMs);
  return [
    ms("tsc --noEmit, CPU", tsc.cpuMs),
    { ...coldRecord, budget: RATIO_MAX * tsc.cpuMs },
    { name: "cold, memory", unit: "bytes", value: cold.bytes, budget: 600 * 2 ** 20 },
    ms("cold, wall", cold.wallMs),
    { ...ms("warm without change, wall", warm.wallMs), budget: 500 },
    ms("warm without change, CPU", warm.cpuMs),
    { ...ms("no file names raftoral, wall", none.wallMs), budget: 300 },
    ms("no file names raftoral, CPU", none.cpuMs),
  ];
}

const ms = (name: string, value: number): BenchRecord => ({ name, unit: "ms", value });

interface Measured {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly bytes: number;
}

const measureLint = (project: string, more: readonly string[] = []): Measured =>
  measure([join(BUILT, "src/cli/main.js"), "lint", "-p", project, "--format", "json", ...more]);

/** Of several rounds the one with the least work in it. */
function best(round: () => Measured): Measured {
  const rounds = Array.from({ length: ROUNDS }, round);
  const [first] = rounds.sort((a, b) => a.cpuMs - b.cpuMs);
  if (first === undefined) throw new Error("no round was run");
  return first;
}

const REPORTER = pathToFileURL(resolve("test/bench/report-use.mjs")).href;

function measure(args: readonly string[]): Measured {
  const started = performance.now();
  const said = spoken(["--import", REPORTER, ...args]);
  const wallMs = performance.now() - started;
  const last = said.trimEnd().split("\n").at(-1) ?? "";
  const { cpuMs, bytes } = JSON.parse(last);
  return { cpuMs, bytes, wallMs };
}

/** What the process wrote to its error stream, whatever it exits with: findings are no failure. */
function spoken(args: readonly string[]): string {
  try {
    const script = 'exec "$0" "$@" 2>&1 >/dev/null';
    return execFileSync("sh", ["-c", script, process.execPath, ...args], { encoding: "utf8" });
  } catch (error) {
    const isExit = error instanceof Error && "stdout" in error && "status" in error;
    if (isExit && error.status === 1) return String(error.stdout);
    throw error;
  }
}
