import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Client } from "raftoral";
import { type Prng, prng } from "../../src/std/prng.ts";
import { CHECKS, type FinalRun } from "./checks.ts";
import { History } from "./history.ts";
import { chain } from "./module.ts";
import { NEMESES, pause } from "./nemesis.ts";
import { Workload } from "./workload.ts";
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
const AT_ONCE = 6;
/** After the heal every run must end within this. */
const END_MS = 120_000;
/** A quarter of the time nothing strikes. */
const QUIET_MS = [1_000, 3_000] as const;

const folder = mkdtempSync(join(tmpdir(), "raftoral-e2e-"));
const history = new History(join(folder, "history.jsonl"));
const say = (line: string): void => void process.stderr.write(`${line}\n`);
say(`seed ${values.seed}, history in ${folder}`);

const world = await World.open(folder);
const clients = await Promise.all(CLIENTS.map((name) => world.client(name)));
const operator = await world.client(OPERATOR);
const workload = new Workload({ clients, history, effects: EFFECTS, atOnce: AT_ONCE });
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
const executions = world.effects.executions;
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
    for (const { status, workflowId: run } of page.runs) {
      const isDone = status === "completed";
      all.push({ run, status, value: isDone ? await client.get(chain, run).result() : undefined });
    }
    cursor = page.cursor;
  }
  return all;
}

function report(): void {
  const { operations } = history;
  const disruptions = [...strikes.values()].reduce((sum, n) => sum + n, 0);
  const evidence = {
    operations,
    runs,
    executions,
    effects: EFFECTS,
    disruptions,
    runsAtOnce: AT_ONCE * CLIENTS.length,
  };
  const broken = CHECKS.flatMap(([law, find]) => {
    const found = find(evidence);
    return found.length === 0 ? [] : [{ law, found: found.slice(0, 10), count: found.length }];
  });
  const rate = operations.filter(({ outcome }) => outcome === "ok").length / seconds;
  const idle = asked.filter((name) => strikes.get(name) === 0);
  const tally = (outcome: string): number => operations.filter((o) => o.outcome === outcome).length;
  const result = {
    seed: Number(values.seed),
    seconds: Math.round(seconds),
    strikes: Object.fromEntries(strikes),
    runs: runs.length,
    executions: executions.length,
    effects: new Set(executions.map(({ key }) => key)).size,
    ok: tally("ok"),
    unknown: tally("unknown"),
    failed: tally("failed"),
    operationsPerSecond: Math.round(rate * 10) / 10,
    idle,
    misses,
    broken,
    history: folder,
  };
  process.stdout.write(`${JSON.stringify(result, undefined, values.json ? 0 : 2)}\n`);
  if (broken.length > 0) say("laws were broken");
  if (idle.length > 0) say(`never struck: ${idle.join(", ")}: give it more minutes`);
  if (rate < Number(values.rate)) say(`too slow: ${rate} operations a second`);
  const isFine = [broken, idle, misses].every(({ length }) => length === 0);
  process.exitCode = isFine && rate >= Number(values.rate) ? 0 : 1;
}
