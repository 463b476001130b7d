// What one seed's world is like. Each seed has its own few faults at its own rates: a world with
// all of them at once hides what needs one alone (swarm testing: Groce et al., ISSTA 2012).

import { type Prng, prngOf } from "../../../std/prng.ts";
import type { RunnerLimits } from "../../../workflow/runner/port.ts";
import type { PoisonKind } from "./poison.ts";

export type Fault = "crash" | "suspect" | "twin" | "evict";

export interface Swarm {
  readonly nodes: number;
  readonly workflows: number;
  readonly runs: number;
  /** How many things happen before calm. */
  readonly steps: number;
  readonly faults: ReadonlySet<Fault>;
  readonly loss: number;
  readonly duplicates: number;
  /** How many bodies throw. */
  readonly failing: number;
  /** How often somebody sends a signal, and how often a cancellation. */
  readonly signals: number;
  readonly cancels: number;
  /** Everybody is stopped in the middle, and comes back with the code after its patches. */
  readonly isUpgraded: boolean;
  readonly hintLoss: number;
  /** Something that a run does ends whoever does it. */
  readonly poison: PoisonKind | undefined;
  /** How often somebody begins a run anew in its middle. */
  readonly resets: number;
  /** How often a restart begins with another's state. */
  readonly snapshot: number;
  readonly proposalsMax: number;
  readonly limits: Partial<RunnerLimits>;
  /** How far a machine's clock is off. */
  skewMs(place: number): number;
  /** Of the i-th workflow: a tame or a wild program. */
  nameOf(workflow: number): string;
  /** Has this place's process the workflow? Each one is somewhere. */
  has(place: number, workflow: number): boolean;
}

export function swarmOf(seed: number): Swarm {
  const random = prngOf(seed, "swarm");
  const nodes = 1 + random.below(4);
  const skews = Array.from({ length: nodes + 1 }, () => random.below(41) - 20);
  const gaps = random.chance(0.2);
  const missing = prngOf(seed, "catalogues").u32();
  const tame = prngOf(seed, "tame").u32();
  const others = prngOf(seed, "others");
  const poison = others.pick([undefined, undefined, undefined, "body", "inputs"] as const);
  return {
    nodes,
    workflows: 1 + random.below(2),
    runs: 1 + random.below(4),
    steps: 200 + random.below(800),
    faults: faultsOf(random),
    loss: random.pick([0, 0.1, 0.3]),
    duplicates: random.pick([0, 0.15, 0.4]),
    failing: random.pick([0, 0.15, 0.5]),
    hintLoss: random.pick([0, 0, 0.3, 0.9]),
    signals: random.pick([0, 0.05, 0.2]),
    cancels: random.pick([0, 0, 0.005, 0.02]),
    isUpgraded: random.chance(0.3),
    snapshot: random.pick([0, 0.5]),
    poison,
    resets: others.pick([0, 0, 0.005, 0.02]),
    proposalsMax: random.pick([4, 1_000]),
    limits: {
      stretchFuel: random.pick([1, 3, 10, 1_000]),
      inflightBatchesPerRun: random.pick([1, 3, 16]),
      batchItems: random.pick([1, 2, 4_096]),
      commandBytes: random.pick([1, 300, 100_000]),
      concurrentEffects: random.pick([1, 3, 1_000]),
      warmRuns: random.pick([0, 1, 1_000]),
      turnRuns: random.pick([1, 2, 256]),
      restMs: others.pick([1, 10, Number.POSITIVE_INFINITY]),
      restRuns: others.pick([1, 1_000]),
      sweepMs: 20,
      sweepRuns: random.pick([1, 3, 1_000]),
      // Of a world without poison: with it, time would be no proof.
      ...(poison === undefined && { suspectAloneMs: others.pick([1, 20, 5_000]) }),
    },
    skewMs: (place) => skews[place] ?? 0,
    nameOf: (workflow) => `${((tame >>> workflow) & 1) === 0 ? "w" : "tame "}${workflow}`,
    // The first place has all, so that every run can end; a copy of it has what it has.
    has: (place, workflow) =>
      !gaps || place % nodes === 0 || ((missing >>> ((place * 3 + workflow) % 32)) & 1) === 0,
  };
}

/** Nobody is lost, suspected or doubled, and nothing is begun anew. */
export const isFaultFree = ({ faults, isUpgraded, poison, resets }: Swarm): boolean =>
  faults.size === 0 && !isUpgraded && poison === undefined && resets === 0;

function faultsOf(random: Prng): ReadonlySet<Fault> {
  if (random.chance(0.15)) return new Set();
  const all: readonly Fault[] = ["crash", "suspect", "twin", "evict"];
  return new Set(all.filter(() => random.chance(0.5)));
}
