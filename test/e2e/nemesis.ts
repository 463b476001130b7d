import type { Client } from "raftoral";
import type { Prng } from "../../src/std/prng.ts";
import type { Refusal } from "./permissions.ts";
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

const within = (random: Prng, leastMs: number, mostMs: number): number =>
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
  await pause(within(strike.random, 500, 3_000));
  await strike.world.start(name);
  return name;
}

type Choice = (strike: Strike) => Promise<string>;

const anyone: Choice = (strike) => victim(strike, () => true);
const theLeader: Choice = (strike) => victim(strike, ({ isLeader }) => isLeader);

/** What holds one line up for a while. */
const stalling =
  (direction: "there" | "back" | "both"): Nemesis =>
  async (strike) => {
    const name = await anyone(strike);
    strike.world.proxy(name).stall(direction);
    await pause(within(strike.random, 2_000, 8_000));
    strike.world.proxy(name).heal();
    return name;
  };

type Between = (name: string, others: readonly string[], random: Prng) => readonly Refusal[];

const there: Between = (from, others) => others.map((to) => ({ from, to }));
const back: Between = (to, others) => others.map((from) => ({ from, to }));

/**
 * What separates members by the server's word, who may go on to hear clients. The server must have
 * refused something: else nothing was struck.
 */
const refusing =
  (between: Between, pick: Choice = anyone): Nemesis =>
  async (strike) => {
    const { random, world } = strike;
    const name = await pick(strike);
    const others = world.names.filter((other) => other !== name);
    const before = world.refusing.violations;
    await world.refusing.refuse(between(name, others, random));
    await pause(within(random, 2_000, 6_000));
    await world.refusing.refuse([]);
    const count = world.refusing.violations - before;
    if (count === 0) throw new Error(`the server refused nothing between ${name} and the others`);
    return `${name}: ${count} refused`;
  };

export const NEMESES: Readonly<Record<string, Nemesis>> = {
  "kill-owner": async (strike) =>
    killAndRestart(strike, await victim(strike, ({ runs }, most) => runs === most)),
  "kill-leader": async (strike) => killAndRestart(strike, await theLeader(strike)),
  "kill-follower": async (strike) =>
    killAndRestart(strike, await victim(strike, ({ isLeader }) => !isLeader)),
  pause: async (strike) => {
    const name = await anyone(strike);
    strike.world.signal(name, "SIGSTOP");
    await pause(within(strike.random, 3_000, 15_000));
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
    await pause(within(random, 500, 4_000));
    await world.nats.start();
    return "nats-server";
  },
  "nats-pause": async ({ random, world }) => {
    world.nats.signal("SIGSTOP");
    await pause(within(random, 3_000, 12_000));
    world.nats.signal("SIGCONT");
    return "nats-server";
  },
  partition: stalling("both"),
  "partition-there": stalling("there"),
  "partition-back": stalling("back"),
  refused: refusing((...of) => [...there(...of), ...back(...of)]),
  "refused-there": refusing(there),
  "refused-back": refusing(back),
  // Two that only follow have nothing to say to each other.
  "refused-pair": refusing((name, others, random) => {
    const other = others[random.below(others.length)] ?? name;
    return [...there(name, [other], random), ...back(name, [other], random)];
  }, theLeader),
  cut: async (strike) => {
    const name = await anyone(strike);
    strike.world.proxy(name).cut();
    await pause(within(strike.random, 500, 4_000));
    strike.world.proxy(name).heal();
    return name;
  },
  members: async ({ admin, random, world }) => {
    await world.start("d");
    await pause(within(random, 1_000, 3_000));
    await admin.remove("d");
    await world.forget("d");
    return "d";
  },
};
