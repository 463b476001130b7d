import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Client } from "raftoral";
import { type Prng, prng } from "../../src/std/prng.ts";
import { CHECKS } from "./checks.ts";
import { type FinalRun, History, type Operation, readHistory } from "./history.ts";
import { chain } from "./module.ts";
import { NEMESES, pause } from "./nemesis.ts";
import { RUNS_AT_ONCE_EACH, Workload } from "./workload.ts";
import { CLIENTS, OPERATOR, World } from "./world.ts";

// Real processes, a real server, and harm:
// `npm run e2e -- --minutes 5 --seed 7 --nemesis pause,cut`.

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    nemesis: { type: "string", default: Object.keys(NEMESES).join(",") },
    /** Operations a second that must be reached. */
    rate: { type: "string", default: "20" },
    json: { type: "boolean", default: false },
  },
});
const asked = values.nemesis.split(",").filter((name) => name !== "none");
for (const name of asked) if (!(name in NEMESES)) throw new Error(`no nemesis ${name}`);

const EFFECTS = 5;
/** After the heal every run must end within this. */
const END_MS = 120_000;
/** A quarter of the time nothing strikes. */
const QUIET_MS = [1_000, 3_000] as const;

const folder = mkdtempSync(join(tmpdir(), "raftoral-e2e-"));
const path = join(folder, "history.jsonl");
const history = new History(path);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
say(`seed ${values.seed}, history in ${path}`);

const world = await World.open(folder);
const clients = await Promise.all(CLIENTS.map((name) => world.client(name)));
const operator = await world.client(OPERATOR);
const workload = new Workload({ clients, history, effects: EFFECTS });
const startedMs = performance.now();
/** Nemeses that did not do what they should. */
const misses: string[] = [];
const strikes = await haunt(startedMs + Number(values.minutes) * 60_000);
await world.heal();
const seconds = (performance.now() - startedMs) / 1_000;
say("healed: waiting for every run to end");
await workload.stop();
const runs = await finalRuns(operator);
for (const client of [...clients, operator]) await client.close();
const disruptions = [...strikes.values()].reduce((sum, n) => sum + n, 0);
const runsAtOnce = RUNS_AT_ONCE_EACH * CLIENTS.length;
const terms = { effects: EFFECTS, disruptions, runsAtOnce };
history.conclude({ runs, executions: world.effects.executions, terms });
await world.close();
await history.close();
report();

/** Each of them in turn, in an order of the seed, until the time is up. */
async function haunt(untilMs: number): Promise<ReadonlyMap<string, number>> {
  const random = prng(Number(values.seed));
  const count = new Map(asked.map((name) => [name, 0]));
  let left: string[] = [];
  while (performance.now() < untilMs) {
    await pause(QUIET_MS[0] + random.below(QUIET_MS[1] - QUIET_MS[0]));
    if (asked.length === 0) continue;
    if (left.length === 0) left = shuffled(asked, random);
    const name = left.pop() ?? "";
    say(`${Math.round((performance.now() - startedMs) / 1_000)} s: ${name}`);
    history.note(name, { phase: "begins" });
    const on = await struck(name, random);
    history.note(name, { phase: "ends", on });
    if (on !== undefined) count.set(name, (count.get(name) ?? 0) + 1);
  }
  return count;
}

/** On whom; undefined: it did not do what it should, which fails the whole. */
async function struck(name: string, random: Prng): Promise<string | undefined> {
  try {
    return await NEMESES[name]?.({ world, random, admin: operator.admin });
  } catch (error) {
    say(`${name}: ${error}`);
    misses.push(`${name}: ${error}`);
    await world.heal();
    return undefined;
  }
}

function shuffled(names: readonly string[], random: Prng): string[] {
  const from = [...names];
  return names.map(() => from.splice(random.below(from.length), 1)[0] ?? "");
}

/** Every run that the cluster knows, when all have ended or the time is up. */
async function finalRuns(client: Client): Promise<readonly FinalRun[]> {
  const untilMs = performance.now() + END_MS;
  for (;;) {
    const open = await client.list({ status: "running", limit: 1 });
    if (open.runs.length === 0 || performance.now() > untilMs) break;
    await pause(200);
  }
  const all: FinalRun[] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined; ) {
    const page = await client.list({ limit: 500, ...(cursor === "" ? {} : { cursor }) });
    for (const { name: workflow, status, workflowId: run } of page.runs) {
      const value = status === "completed" ? await client.get(chain, run).result() : undefined;
      all.push({ run, workflow, status, ...(value === undefined ? {} : { value }) });
    }
    cursor = page.cursor;
  }
  return all;
}

function report(): void {
  const evidence = readHistory(path);
  const { executions, operations } = evidence;
  const broken = CHECKS.flatMap(([law, find]) => {
    const found = find(evidence);
    return found.length === 0 ? [] : [{ law, found: found.slice(0, 10), count: found.length }];
  });
  const rate = operations.filter(({ outcome }) => outcome === "ok").length / seconds;
  const idle = asked.filter((name) => strikes.get(name) === 0);
  const tally = (by: (operation: Operation) => string): Record<string, number> =>
    operations.reduce<Record<string, number>>((sums, operation) => {
      sums[by(operation)] = (sums[by(operation)] ?? 0) + 1;
      return sums;
    }, {});
  const result = {
    seed: Number(values.seed),
    seconds: Math.round(seconds),
    strikes: Object.fromEntries(strikes),
    runs: runs.length,
    executions: executions.length,
    effects: new Set(executions.map(({ key }) => key)).size,
    operations: tally(({ kind }) => kind),
    outcomes: tally(({ outcome }) => outcome),
    operationsPerSecond: Math.round(rate * 10) / 10,
    idle,
    misses,
    broken,
    history: path,
  };
  process.stdout.write(`${JSON.stringify(result, undefined, values.json ? 0 : 2)}\n`);
  if (broken.length > 0) say("laws were broken");
  if (idle.length > 0) say(`never struck: ${idle.join(", ")}: give it more minutes`);
  if (rate < Number(values.rate)) say(`too slow: ${rate} operations a second`);
  const isFine = [broken, idle, misses].every(({ length }) => length === 0);
  process.exitCode = isFine && rate >= Number(values.rate) ? 0 : 1;
}
