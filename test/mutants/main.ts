// `npm run mutants -- [--profile NAME] [--only TEXT] [--part I/N] [--json]`: plants each bug of the
// catalogue in a copy of the sources and lets the simulator look for it. A survivor is a missing
// law.

import { type ExecFileException, execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { core } from "./core.ts";
import { disk } from "./disk.ts";
import { engine } from "./engine.ts";
import type { Catalogue, Edit, Mutant } from "./mutant.ts";
import { testing } from "./testing.ts";
import { workflow } from "./workflow.ts";

const CATALOGUES: readonly Catalogue[] = [workflow, core, disk, engine, testing];
/** A seed that goes round for ever is a kill too: told by its own time, whoever else is working. */
const LIMIT_CPU_S = 180;
/** So many runs share a mutant's seeds: the limit is for one that goes round, not for them all. */
const SLICES = 8;
/** What needs so long by the clock has no verdict. */
const LIMIT_MS = 3_600_000;

const { values } = parseArgs({
  options: {
    profile: { type: "string" },
    only: { type: "string", default: "" },
    part: { type: "string", default: "1/1" },
    json: { type: "boolean", default: false },
  },
});

interface Verdict {
  readonly profile: string;
  readonly mutant: string;
  readonly breaks: string;
  readonly isKilled: boolean;
  readonly isBySimulator: boolean;
  /** What told it apart, and by which seed. */
  readonly by: string;
}

const [part = 1, parts = 1] = values.part.split("/").map(Number);
const work = CATALOGUES.filter(({ profile }) => profile === (values.profile ?? profile))
  .flatMap((catalogue) => catalogue.mutants.map((mutant) => ({ catalogue, mutant })))
  .filter(({ mutant }) => mutant.name.includes(values.only))
  .filter((_, i) => i % parts === part - 1);

const verdicts: Verdict[] = [];
const queue = [...work];
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, drain));
const bySimulator = verdicts.filter(({ isBySimulator }) => isBySimulator).length;
const survivors = verdicts.filter(({ isKilled }) => !isKilled);
process.stdout.write(`${bySimulator} by the simulator alone\n`);
process.stdout.write(`${verdicts.length - survivors.length} passed, ${survivors.length} failed\n`);
process.exitCode = survivors.length === 0 && verdicts.length > 0 ? 0 : 1;

async function drain(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const verdict = await judge(next.catalogue, next.mutant);
    verdicts.push(verdict);
    const { isKilled, breaks, mutant, by } = verdict;
    const line = `${isKilled ? "killed  " : "SURVIVES"} (${breaks}) ${mutant}: ${by}`;
    process.stdout.write(`${values.json ? JSON.stringify(verdict) : line}\n`);
  }
}

async function judge({ profile, seeds, tests }: Catalogue, mutant: Mutant): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), "mutant-"));
  try {
    for (const name of ["src", "test", "package.json", "tsconfig.json"]) {
      cpSync(name, join(folder, name), { recursive: true });
    }
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "dir");
    for (const edit of [mutant, ...(mutant.also ?? [])]) plant(folder, mutant.name, edit);
    const named = await runTests(folder, mutant.first ?? []);
    const seen =
      named === undefined && seeds > 0 ? await simulate(folder, profile, seeds) : undefined;
    const by = named ?? seen ?? (await runTests(folder, tests));
    const { name, breaks } = mutant;
    const verdict = { isKilled: by !== undefined, isBySimulator: seen !== undefined };
    return { ...verdict, profile, mutant: name, breaks, by: by ?? "nothing" };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function plant(folder: string, name: string, { file: path, find, replace }: Edit): void {
  const file = join(folder, path);
  const text = readFileSync(file, "utf8");
  if (text.split(find).length !== 2) {
    throw new Error(`"${name}": its text is not once in ${path}; the catalogue is out of date`);
  }
  writeFileSync(
    file,
    text.replace(find, () => replace),
  );
}

/** The first test that fails; undefined: none does. */
async function runTests(folder: string, patterns: readonly string[]): Promise<string | undefined> {
  if (patterns.length === 0) return;
  const { error, stdout } = await run(folder, ["test/run.ts", ...patterns]);
  if (error === null) return;
  const line = stdout.split("\n").find((text) => text.startsWith("FAILS"));
  return line?.replace(/^FAILS\s+/, "") ?? "the tests do not end";
}

/** What the simulator found; undefined: nothing in all its seeds. */
async function simulate(
  folder: string,
  profile: string,
  seeds: number,
): Promise<string | undefined> {
  const each = Math.ceil(seeds / SLICES);
  for (let from = 1; from <= seeds; from += each) {
    const range = ["--seed", String(from), "--seeds", String(each)];
    const options = ["--profile", profile, ...range, "--first", "--json"];
    const { error, stdout, stderr } = await run(folder, ["src/testing/sim/main.ts", ...options]);
    if (error === null) continue;
    if (error.signal === "SIGXCPU") return "a seed that does not end";
    const failure = firstFailure(stdout);
    if (failure === undefined) throw new Error(`the mutant does not run: ${stderr}`);
    return failure;
  }
  return;
}

interface Ran {
  readonly error: ExecFileException | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(folder: string, args: readonly string[]): Promise<Ran> {
  const scripts = process.env["RAFT_CONFORMANCE"] ?? "../shared/raft-conformance";
  const env = { ...process.env, RAFT_CONFORMANCE: resolve(scripts) };
  const node = [process.execPath, "--conditions=@raftoral/source", "--import", "tsx", ...args];
  const options = { cwd: folder, env, timeout: LIMIT_MS, maxBuffer: 1 << 26 };
  const limited = [`ulimit -t ${LIMIT_CPU_S}; exec "$@"`, "limited", ...node];
  return new Promise((settle) => {
    execFile("sh", ["-c", ...limited], options, (error, stdout, stderr) => {
      settle({ error, stdout, stderr });
    });
  });
}

function firstFailure(stdout: string): string | undefined {
  const line = stdout.split("\n").find((text) => text.startsWith("{"));
  if (line === undefined) return;
  const { failures } = JSON.parse(line);
  const [{ seed, violations }] = failures;
  return `seed ${seed}, "${violations[0].law}"`;
}
