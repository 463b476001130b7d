// What can be simulated, by name. A profile turns one seed into a report;
// the command does the rest.

import { simulate } from "./workflow/simulation.ts";

export interface SeedReport {
  readonly seed: number;
  readonly violations: readonly { readonly law: string; readonly detail: string }[];
  /** Rare paths that this seed went through. */
  readonly marks: ReadonlySet<string>;
  readonly entries: number;
  /** Of all that happened: equal for equal seeds, in any process. */
  readonly hash: string;
}

export type Profile = (seed: number) => Promise<SeedReport>;

export const PROFILES: ReadonlyMap<string, Profile> = new Map([["workflow", simulate]]);
