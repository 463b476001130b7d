// What can be simulated, by name. A profile turns one seed into a report;
// the command does the rest.

import { simulateCore } from "./core/core-simulation.ts";
import { shrinkCore } from "./core/shrink.ts";
import { DISK_MARKS, simulateDisk } from "./disk/disk-simulation.ts";
import { simulateEngine } from "./engine/engine-simulation.ts";
import { ENGINE_DISK_MARKS, ENGINE_MARKS } from "./engine/marks.ts";
import { EFFECT_MARKS } from "./workflow/effect-marks.ts";
import { simulate } from "./workflow/simulation.ts";

export interface SeedReport {
  readonly seed: number;
  readonly violations: readonly { readonly law: string; readonly detail: string }[];
  /** Rare paths that this seed went through. */
  readonly marks: ReadonlySet<string>;
  readonly entries: number;
  /** Of all that happened: equal for equal seeds, in any process. */
  readonly hash: string;
  /** What this seed's world is like. */
  readonly swarm?: object;
  /** The last events, where they were asked for. */
  readonly trace?: readonly string[];
}

export interface Profile {
  /** Rare paths that many seeds must go through: those that none did are named. */
  readonly expectedMarks?: readonly string[];
  /** Those without which a run of `MANY_SEEDS` has failed. */
  readonly neededMarks?: readonly string[];
  run(seed: number): SeedReport | Promise<SeedReport>;
  /** The same seed, with the last events before its end. */
  replay?(seed: number): SeedReport | Promise<SeedReport>;
  /** A smaller world in which the same law is broken, with its last events. */
  shrink?(seed: number): SeedReport;
}

/** In so many seeds every needed mark is hit. */
export const MANY_SEEDS = 300;

export const PROFILES: ReadonlyMap<string, Profile> = new Map<string, Profile>([
  ["workflow", { neededMarks: EFFECT_MARKS, run: simulate }],
  ["disk", { neededMarks: DISK_MARKS, run: simulateDisk }],
  [
    "engine",
    {
      expectedMarks: ENGINE_MARKS,
      neededMarks: [...EFFECT_MARKS, ...ENGINE_DISK_MARKS],
      run: (seed) => simulateEngine(seed),
      replay: (seed) => simulateEngine(seed, { isTracing: true }),
    },
  ],
  [
    "core",
    {
      run: (seed) => simulateCore(seed),
      replay: (seed) => simulateCore(seed, { isTracing: true }),
      shrink: shrinkCore,
    },
  ],
]);
