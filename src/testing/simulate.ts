// The simulator for users' own workflows: whole nodes in virtual time, faults from a seed, a model
// of the outside world, and the laws that must hold in it whatever happens.

import { RaftoralError } from "../errors.ts";
import type { Client } from "../node/connect.ts";
import { type Prng, prngOf } from "../std/prng.ts";
import type { AnyWorkflow } from "../workflow/dsl/define.ts";
import type { Duration } from "../workflow/dsl/duration.ts";
import { refuseUnknown } from "../workflow/dsl/known-options.ts";
import { checkFunction, checkObject, checkWorkflows } from "./arguments.ts";
import { type Cluster, createCluster } from "./cluster.ts";
import { unlessIdle } from "./patience.ts";

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
  check(world: World): void | Promise<void>;
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

/** What clients did failed, or a law was broken; its `cause` is what was thrown. */
export class SimulationError extends Error {
  override readonly name = "SimulationError";
  readonly seed: number;
  /** What was done to nodes before, in order: `kill b`, `b is back`. */
  readonly happened: readonly string[];

  constructor(cause: unknown, played: Pick<SimulationError, "seed" | "happened">, again: string) {
    const { seed, happened } = played;
    const why = cause instanceof Error ? cause.message : String(cause);
    const before = happened.length === 0 ? "nothing" : happened.slice(-FAULTS_TOLD).join(", ");
    super(`SEED=${seed}: ${why}\n  after: ${before}\n  again: ${again}`, { cause });
    this.seed = seed;
    this.happened = happened;
  }
}

/** The last faults are those that matter. */
const FAULTS_TOLD = 12;

/**
 * Plays the program once for each seed, one after the other.
 * @throws SimulationError of the first seed whose run or check failed, and how to play it again;
 * RaftoralError `invalid-argument`: no seed, or a number of nodes that cannot be.
 */
export async function simulate<World>(
  program: SimulatedProgram<World>,
  options: SimulateOptions = {},
): Promise<SimulateReport> {
  checkProgram(program);
  refuseUnknown("simulate", options, { nodes: true, seeds: true, faults: true });
  const all = seedsOf(options.seeds);
  const traces = new Map<number, string>();
  let faults = 0;
  for (const seed of all) {
    const played = await play(program, seed, options);
    faults += played.faults;
    traces.set(seed, played.trace);
  }
  return { seeds: all.length, faults, traces };
}

function checkProgram(program: unknown): void {
  checkObject(program, "simulate", "{ workflows, outside, run, check }");
  const { workflows, ...others } = Object(program);
  checkWorkflows(workflows, "simulate: workflows");
  for (const name of ["outside", "run", "check"]) {
    checkFunction(others[name], `simulate: ${name}`);
  }
}

/** From 1 on, or those. */
function seedsOf(seeds: SimulateOptions["seeds"] = 20): readonly number[] {
  const all: unknown =
    Number.isSafeInteger(seeds) && Number(seeds) < SEEDS_MAX
      ? Array.from({ length: Number(seeds) }, (_, i) => i + 1)
      : seeds;
  if (Array.isArray(all) && all.length > 0 && all.every(Number.isSafeInteger)) return all;
  throw new RaftoralError("invalid-argument", "seeds: how many, at least one, or a list of them");
}

const SEEDS_MAX = 1e9;

async function play<World>(
  program: SimulatedProgram<World>,
  seed: number,
  options: SimulateOptions,
): Promise<{ readonly faults: number; readonly trace: string }> {
  const { nodes = 3, faults = {} } = options;
  const chance = prngOf(seed, "outside");
  const world = outsideOf(
    program,
    { seed, options },
    {
      unit: () => chance.unit(),
      below: (limit) => chance.below(limit),
      takes: (duration) => new Promise((resolve) => cluster.after(duration, resolve)),
    },
  );
  const { workflows } = program;
  const cluster = await createCluster({ nodes, seed, workflows, deps: world });
  const moved = (): string => cluster.traceHash();
  const nemesis = new Nemesis(cluster, prngOf(seed, "nemesis"), faults);
  try {
    const client = await cluster.client("client");
    nemesis.begin();
    await unlessIdle(program.run(client, world), moved, (why) => new Error(`run ${why}`));
    await nemesis.end();
    const checked = Promise.resolve(program.check(world));
    await unlessIdle(checked, moved, (why) => new Error(`check ${why}`));
    return { faults: nemesis.faults, trace: cluster.traceHash() };
  } catch (error) {
    const { happened } = nemesis;
    throw new SimulationError(error, { seed, happened }, againText(seed, options));
  } finally {
    nemesis.stop();
    await cluster.stop();
  }
}

/** No node is there yet: what fails here is the program's, and says at which seed. */
function outsideOf<World>(
  program: SimulatedProgram<World>,
  { seed, options }: { readonly seed: number; readonly options: SimulateOptions },
  chances: Parameters<SimulatedProgram<World>["outside"]>[0],
): World {
  try {
    return program.outside(chances);
  } catch (error) {
    throw new SimulationError(error, { seed, happened: [] }, againText(seed, options));
  }
}

function againText(seed: number, { nodes = 3, faults }: SimulateOptions): string {
  const given = faults === undefined ? "" : `, faults: ${JSON.stringify(faults)}`;
  return `simulate(program, { nodes: ${nodes}, seeds: [${seed}]${given} })`;
}

type Fault = "crash" | "partition" | "pause";

const HARM = { crash: "kill", partition: "cut off", pause: "pause" } as const;
const HEALED = { crash: "back", partition: "reached again", pause: "resumed" } as const;

/** Harms one node at a time, so that the others are a majority. */
class Nemesis {
  faults = 0;
  /** What was done to nodes, in order. */
  readonly happened: string[] = [];
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
      // Heard at the end, unless what clients do fails before.
      this.#healing.catch(() => {});
    });
  }

  #harm(kind: Fault, name: string): void {
    const others = this.#cluster.names.filter((other) => other !== name);
    this.happened.push(`${HARM[kind]} ${name}`);
    if (kind === "crash") this.#cluster.crash(name);
    else if (kind === "pause") this.#cluster.pause(name);
    // The client, in no group, is cut off too: it asks again.
    else this.#cluster.partition([[name], others]);
  }

  async #heal(kind: Fault, name: string): Promise<void> {
    this.happened.push(`${name} is ${HEALED[kind]}`);
    if (kind === "crash") await this.#cluster.restart(name);
    else if (kind === "pause") this.#cluster.resume(name);
    else this.#cluster.heal();
  }
}
