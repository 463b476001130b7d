import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectRaw } from "nats";
import type { Client } from "raftoral";
import { pause } from "../e2e/nemesis.ts";
import { World } from "../e2e/world.ts";
import { beats, burst, go, sequence } from "./cluster/module.ts";
import {
  type Bench,
  microsecondsEach,
  ofSamples,
  quantile,
  type Report,
  withFloor,
} from "./harness.ts";

// Three processes, a nats-server, directories: what a user gets on these cores.

/** The first ones find code that is not compiled yet; the floors are measured warm too. */
const WARM_UP = 2_000;
const SEQUENCE = 2_000;
const RUNS = 128;
const EFFECTS = 100;
const KILLS = 20;
const ROUND_TRIPS = 2_000;
const SYNCS = 300;

export const bench: Bench = {
  name: "cluster",
  run: async (report) => {
    execFileSync("npm", ["run", "-s", "build"]);
    const folder = mkdtempSync(join(tmpdir(), "raftoral-bench-"));
    const heard = new Set<(from: string) => void>();
    const world = await World.open(folder, {
      module: "test/bench/cluster/module.ts",
      isBare: true,
      onMessage: (from) => {
        for (const hear of heard) hear(from);
      },
    });
    try {
      const client = await world.client("bench");
      const roundTripUs = quantile(await roundTrips(world.nats.url), 0.5);
      const syncUs = quantile(await syncs(folder), 0.5);
      report({ name: "floor: NATS round trip", unit: "us", value: roundTripUs });
      report({ name: "floor: write + fdatasync", unit: "us", value: syncUs });
      await sequential(client, report, { roundTripUs, syncUs });
      await throughput(client, report);
      await takeovers({ world, client, report, heard });
      await client.close();
    } finally {
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function roundTrips(url: string): Promise<readonly number[]> {
  const [a, b] = [await connectRaw({ servers: url }), await connectRaw({ servers: url })];
  b.subscribe("bench.echo", { callback: (_error, message) => void message.respond(message.data) });
  await b.flush();
  const body = new Uint8Array(200);
  const samples = await microsecondsEach(ROUND_TRIPS, () => a.request("bench.echo", body));
  await Promise.all([a.close(), b.close()]);
  return samples;
}

async function syncs(folder: string): Promise<readonly number[]> {
  const file = await open(join(folder, "sync"), "w");
  await file.write(new Uint8Array(1024 * 1024));
  const body = new Uint8Array(200);
  let at = 0;
  const samples = await microsecondsEach(SYNCS, async () => {
    await file.write(body, 0, body.length, at++ * body.length);
    await file.datasync();
  });
  await file.close();
  return samples;
}

/** One run alone, owned by the leader, then by a follower. */
async function sequential(
  client: Client,
  report: Report,
  { roundTripUs, syncUs }: { readonly roundTripUs: number; readonly syncUs: number },
): Promise<void> {
  await allVote(client);
  for (const [who, trips] of [
    ["leader", 1],
    ["follower", 2],
  ] as const) {
    const run = await client.start(sequence, WARM_UP + SEQUENCE, { id: `sequence-${who}` });
    const { owner = "" } = await run.describe();
    const { members } = await client.admin.status();
    const other = members.map(({ name }) => name).find((name) => name !== owner) ?? "";
    await client.admin.transfer(who === "leader" ? owner : other);
    await run.signal(go, undefined);
    const samples = (await run.result()).slice(WARM_UP);
    const record = ofSamples(`sequential compute, owner is ${who}`, "us", samples);
    const floor = trips * roundTripUs + syncUs;
    report({ ...withFloor(record, floor), budget: 1.5 * floor });
  }
}

/** One that only follows yet cannot be made the leader. */
async function allVote(client: Client): Promise<void> {
  for (;;) {
    const { members } = await client.admin.status();
    if (members.length === 3 && members.every(({ isVoter }) => isVoter)) return;
    await pause(20);
  }
}

async function throughput(client: Client, report: Report): Promise<void> {
  const all = async (round: string): Promise<number> => {
    const startedMs = performance.now();
    const runs = await Promise.all(
      Array.from({ length: RUNS }, (_, i) =>
        client.start(burst, EFFECTS, { id: `burst-${round}-${i}` }),
      ),
    );
    await Promise.all(runs.map((run) => run.result()));
    return (RUNS * EFFECTS * 1_000) / (performance.now() - startedMs);
  };
  await all("warm-up");
  const name = `effects, ${RUNS} runs at once`;
  report({ name, unit: "per-second", value: await all("measured"), budget: 40_000 });
}

/** The owner is killed again and again; each time another one's next effect is awaited. */
async function takeovers(parts: {
  readonly world: World;
  readonly client: Client;
  readonly report: Report;
  readonly heard: Set<(from: string) => void>;
}): Promise<void> {
  const { client, heard, report, world } = parts;
  const run = await client.start(beats, 1_000_000, { id: "beats" });
  const samples: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const owner = await settledOwner(client);
    const killedMs = performance.now();
    const beat = new Promise<number>((resolve) => {
      const hear = (from: string): void => {
        if (from === owner) return;
        heard.delete(hear);
        resolve(performance.now() - killedMs);
      };
      heard.add(hear);
    });
    await world.kill(owner);
    samples.push(await beat);
    await world.start(owner);
  }
  await run.terminate("measured");
  report({ ...ofSamples("kill -9 of the owner to next effect", "ms", samples), budget: 1_000 });
}

/** Who owns the run, once everybody is up and has been for a moment. */
async function settledOwner(client: Client): Promise<string> {
  for (;;) {
    const { members } = await client.admin.status();
    const { owner } = await client.get(beats, "beats").describe();
    if (owner !== undefined && members.every(({ isUp }) => isUp)) {
      await pause(300);
      return owner;
    }
    await pause(20);
  }
}
