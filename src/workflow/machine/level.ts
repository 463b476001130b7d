// Feature levels: what a build can read. A cluster is upgraded node by node, and nobody may write
// what one of its members does not know (DESIGN §8).
//
// A command's kind, or a new form of one, gets a level above all that were released before; what
// every member announced to know decides what may be written (`MachineState.level`).

import type { Command } from "./command.ts";

/** What this build reads and writes. */
export const FEATURE_LEVEL = 1;

/** Kinds that came after the first release. */
const LEVELS: Readonly<Partial<Record<Command["kind"], number>>> = {};

/** What all members must know before this command may be written. */
export const levelOf = (
  command: Command,
  levels: Readonly<Partial<Record<Command["kind"], number>>> = LEVELS,
): number => levels[command.kind] ?? 1;
