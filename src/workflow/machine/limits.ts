// What one run may take of the group. At the limit it is set aside with its journal, not cut off
// (rule 22): `terminate` ends it, and each `resume` grants a tenth more to come to an end with.

import type { Divergence } from "../dsl/record.ts";
import type { CommandContext } from "./command.ts";
import { renewEpoch, setStatus } from "./ownership.ts";
import type { MachineState, Run } from "./state.ts";

export const JOURNAL_RECORDS_MAX = 10_000;
export const JOURNAL_BYTES_MAX: number = 16 * 1024 * 1024;

/** How much of its limit a journal takes: 1 is all. */
export function journalShare({ next, bytes }: Pick<Run, "next" | "bytes">): number {
  return Math.max(next / JOURNAL_RECORDS_MAX, bytes / JOURNAL_BYTES_MAX);
}

export const isJournalFull = (run: Run): boolean => journalShare(run) >= 1 + run.grants / 10;

/** Under a new epoch, so that nothing its owner still says is taken (rule 16). */
export function parkFull(state: MachineState, run: Run, context: CommandContext): void {
  const divergence: Divergence = {
    path: "",
    recorded: `${run.next} records, ${run.bytes} bytes`,
    actual: "more",
    reason:
      `a journal has at most ${JOURNAL_RECORDS_MAX} records and ${JOURNAL_BYTES_MAX} bytes: ` +
      "let the workflow continueAsNew before; resume grants it a tenth more, terminate ends it",
  };
  renewEpoch(state, run, context);
  setStatus(state, run, { kind: "parked", reason: "journal-full", divergence }, run.owner);
}
