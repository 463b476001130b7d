import { writeSync } from "node:fs";

/** What the process that runs tests tells the one that watches it, one JSON line each. */
export type RunEvent =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "test"; readonly name: string; readonly limitMs?: number }
  | { readonly kind: "ended"; readonly name: string; readonly isPassed: boolean }
  | { readonly kind: "suite"; readonly counts: Counts }
  | { readonly kind: "file-end"; readonly problem?: string }
  | { readonly kind: "done" }
  | { readonly kind: "alive"; readonly handles: readonly string[] };

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

export const sum = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/** The pipe that the watcher opened for events; stdout belongs to the tests. */
const EVENTS_FD = 3;

/** Written at once: a test that never gives the event loop back must have been named before. */
export function report(event: RunEvent): void {
  writeSync(EVENTS_FD, `${JSON.stringify(event)}\n`);
}
