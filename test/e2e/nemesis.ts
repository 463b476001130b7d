import type { Client } from "raftoral";
import type { Prng } from "../../src/std/prng.ts";
import { FOUNDERS, type World } from "./world.ts";

export interface Strike {
  readonly world: World;
  readonly random: Prng;
  readonly admin: Client["admin"];
}

/** Does its harm and mends it; settles when it is mended. What it gives goes to the history. */
export type Nemesis = (strike: Strike) => Promise<string>;

export const pause = (delayMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, delayMs));

const between = (random: Prng, leastMs: number, mostMs: number): number =>
  leastMs + random.below(mostMs - leastMs + 1);

/** A founder by what it is just now; any, while nobody can tell. */
async function victim(
  { admin, random }: Strike,
  isIt: (member: { isLeader: boolean; runs: number }, mostRuns: number) => boolean,
): Promise<string> {
  const found = await admin.status().catch(() => undefined);
  const members = found?.members.filter(({ name }) => FOUNDERS.includes(name)) ?? [];
  const most = Math.max(...members.map(({ runs }) => runs));
  const fitting = members.filter((member) => isIt(member, most)).map(({ name }) => name);
  const names = fitting.length > 0 ? fitting : FOUNDERS;
  return names[random.below(names.length)] ?? "a";
}

async function killAndRestart(strike: Strike, name: string): Promise<string> {
  await strike.world.kill(name);
  await pause(between(strike.random, 500, 3_000));
  await strike.world.start(name);
  return name;
}

const anyone = (strike: Strike): Promise<string> => victim(strike, () => true);

/** What holds one line up for a while. */
const stalling =
  (direction: "there" | "back" | "both"): Nemesis =>
  async (strike) => {
    const name = await anyone(strike);
    strike.world.proxy(name).stall(direction);
    await pause(between(strike.random, 2_000, 8_000));
    strike.world.proxy(name).heal();
    return name;
  };

export const NEMESES: Readonly<Record<string, Nemesis>> = {
  "kill-owner": async (strike) =>
    killAndRestart(strike, await victim(strike, ({ runs }, most) => runs === most)),
  "kill-leader": async (strike) =>
    killAndRestart(strike, await victim(strike, ({ isLeader }) => isLeader)),
  "kill-follower": async (strike) =>
    killAndRestart(strike, await victim(strike, ({ isLeader }) => !isLeader)),
  pause: async (strike) => {
    const name = await anyone(strike);
    strike.world.signal(name, "SIGSTOP");
    await pause(between(strike.random, 3_000, 15_000));
    strike.world.signal(name, "SIGCONT");
    return name;
  },
  block: async (strike) => {
    const name = await anyone(strike);
    strike.world.block(name, 10_000);
    await pause(10_000);
    return name;
  },
  "nats-restart": async ({ random, world }) => {
    await world.nats.kill();
    await pause(between(random, 500, 4_000));
    await world.nats.start();
    return "nats-server";
  },
  "nats-pause": async ({ random, world }) => {
    world.nats.signal("SIGSTOP");
    await pause(between(random, 3_000, 12_000));
    world.nats.signal("SIGCONT");
    return "nats-server";
  },
  partition: stalling("both"),
  "partition-there": stalling("there"),
  "partition-back": stalling("back"),
  cut: async (strike) => {
    const name = await anyone(strike);
    strike.world.proxy(name).cut();
    await pause(between(strike.random, 500, 4_000));
    strike.world.proxy(name).heal();
    return name;
  },
  members: async ({ admin, random, world }) => {
    await world.start("d");
    await pause(between(random, 1_000, 3_000));
    await admin.remove("d");
    await world.forget("d");
    return "d";
  },
};
