// The simulator for users' own workflows: whole nodes in virtual time, faults from a seed, a model
// of the outside world, and the laws that must hold in it whatever happens.

import type { Client } from "../node/connect.ts";
import { type Prng, prngOf } from "../std/prng.ts";
import type { AnyWorkflow } from "../workflow/dsl/define.ts";
import type { Duration } from "../workflow/dsl/duration.ts";
import { type Cluster, createCluster } from "./cluster.ts";

/** What a model of the outside world is made with. Real time and chance would spoil the seed. */
export interface OutsideTools {
  /** In [0, 1). */
  unit(): number;
  /** An integer in [0, limit). */
  below(limit: number): number;
  /** How long the outside takes: in virtual time, whoever crashes meanwhile. */
  takes(duration: Duration): Promise<void>;
}

/** Workflows with the world around them. */
export interface SimulatedProgram<World> {
  readonly workflows: readonly AnyWorkflow[];
  /** The outside world of one seed: effect bodies get it as `fx.deps`. */
  outside(tools: OutsideTools): World;
  /** What clients do. The client asks any member, and another one when that one is gone. */
  run(client: Client, world: World): Promise<void>;
  /** Throws if a law is broken: looked at when all is done and healed. */
  check(world: World): void;
}

export interface SimulatedFaults {
  /** A node is killed, and comes back. Default true. */
  readonly crash?: boolean;
  /** A node is cut off from the others for a while. Default true. */
  readonly partition?: boolean;
  /** A node stands still for a while, and does not know it. Default true. */
  readonly pause?: boolean;
  /** Share of messages that are lost. Default 0.01. */
  readonly loss?: number;
}

export interface SimulateOptions {
  /** Default 3. */
  readonly nodes?: number;
  /** How many, from 1 on; or which. Default 20. */
  readonly seeds?: number | readonly number[];
  readonly faults?: SimulatedFaults;
}

export interface SimulateReport {
  readonly seeds: number;
  /** Faults that happened, all seeds together: a simulation without any shows little. */
  readonly faults: number;
  /** By seed: hash of all that happened; equal for equal seeds and code. */
  readonly traces: ReadonlyMap<number, string>;
}

/** From one fault to the next, and how long each lasts. */
const QUIET_MS = [20, 400] as const;
const FAULT_MS = [100, 2_000] as const;

/**
 * Plays the program once for each seed, one after the other.
 * @throws Error with the first seed whose run or check failed, and how to play it again; its
 * `cause` is what was thrown.
 */
export async function simulate<World>(
  program: SimulatedProgram<World>,
  options: SimulateOptions = {},
): Promise<SimulateReport> {
  const { nodes = 3, seeds = 20 } = options;
  const all = typeof seeds === "number" ? Array.from({ length: seeds }, (_, i) => i + 1) : seeds;
  const traces = new Map<number, string>();
  let faults = 0;
  for (const seed of all) {
    try {
      const played = await play(program, seed, options);
      faults += played.faults;
      traces.set(seed, played.trace);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const given =
        options.faults === undefined ? "" : `, faults: ${JSON.stringify(options.faults)}`;
      const again = `simulate(program, { nodes: ${nodes}, seeds: [${seed}]${given} })`;
      throw new Error(`SEED=${seed}: ${why}\n  again: ${again}`, { cause: error });
    }
  }
  return { seeds: all.length, faults, traces };
}

async function play<World>(
  program: SimulatedProgram<World>,
  seed: number,
  { nodes = 3, faults = {} }: SimulateOptions,
): Promise<{ readonly faults: number; readonly trace: string }> {
  const chance = prngOf(seed, "outside");
  const world = program.outside({
    unit: () => chance.unit(),
    below: (limit) => chance.below(limit),
    takes: (duration) => new Promise((resolve) => cluster.after(duration, resolve)),
  });
  const { workflows } = program;
  const cluster = await createCluster({ nodes, seed, workflows, deps: world });
  const nemesis = new Nemesis(cluster, prngOf(seed, "nemesis"), faults);
  try {
    const client = await cluster.client("client");
    nemesis.begin();
    await program.run(client, world);
    await nemesis.end();
    program.check(world);
    return { faults: nemesis.faults, trace: cluster.traceHash() };
  } finally {
    nemesis.stop();
    await cluster.stop();
  }
}

type Fault = "crash" | "partition" | "pause";

/** Harms one node at a time, so that the others are a majority. */
class Nemesis {
  faults = 0;
  readonly #cluster: Cluster;
  readonly #chance: Prng;
  readonly #kinds: readonly Fault[];
  readonly #loss: number;
  #isOver = false;
  /** Settles when what was harmed is whole again. */
  #healing: Promise<void> = Promise.resolve();

  constructor(cluster: Cluster, chance: Prng, faults: SimulatedFaults) {
    this.#cluster = cluster;
    this.#chance = chance;
    const kinds: readonly Fault[] = ["crash", "partition", "pause"];
    this.#kinds = kinds.filter((kind) => faults[kind] !== false);
    this.#loss = faults.loss ?? 0.01;
  }

  begin(): void {
    this.#cluster.setConditions({ loss: this.#loss });
    if (this.#kinds.length > 0) this.#next();
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Heals all, and waits for who was killed. */
  async end(): Promise<void> {
    this.stop();
    this.#cluster.setConditions({ loss: 0 });
    await this.#cluster.advance(FAULT_MS[1]);
    await this.#healing;
  }

  #between([least, most]: readonly [number, number]): number {
    return least + this.#chance.below(most - least);
  }

  #next(): void {
    this.#cluster.after(this.#between(QUIET_MS), () => {
      if (!this.#isOver) this.#strike();
    });
  }

  #strike(): void {
    const { names } = this.#cluster;
    const name = names[this.#chance.below(names.length)] ?? "";
    const kind = this.#kinds[this.#chance.below(this.#kinds.length)] ?? "crash";
    this.faults++;
    this.#harm(kind, name);
    this.#cluster.after(this.#between(FAULT_MS), () => {
      this.#healing = this.#heal(kind, name).then(() => this.#next());
    });
  }

  #harm(kind: Fault, name: string): void {
    const others = this.#cluster.names.filter((other) => other !== name);
    if (kind === "crash") this.#cluster.crash(name);
    else if (kind === "pause") this.#cluster.pause(name);
    // The client, in no group, is cut off too: it asks again.
    else this.#cluster.partition([[name], others]);
  }

  async #heal(kind: Fault, name: string): Promise<void> {
    if (kind === "crash") await this.#cluster.restart(name);
    else if (kind === "pause") this.#cluster.resume(name);
    else this.#cluster.heal();
  }
}
