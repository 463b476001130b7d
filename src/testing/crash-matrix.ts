// Runs a scenario once without faults, then once for each entry of its log with a takeover there,
// before and after the owner saw it. Each time it must end the same way, and no effect may run more
// often than the takeovers explain.

import { createValueCodec } from "../workflow/values/codec.ts";
import { OneLog, type Takeover } from "./engine/one-log.ts";
import { type MatrixWorld, matrixWorld } from "./matrix-world.ts";
import { unlessIdle } from "./patience.ts";

export type { MatrixWorld } from "./matrix-world.ts";

export interface CrashMatrixOptions {
  /** What happens from outside, and what is to be the same: its return value. */
  readonly scenario: (world: MatrixWorld) => Promise<unknown>;
  /** With one, its process comes back; with more, another one takes over. Default 3. */
  readonly nodes?: number;
  /** What effect bodies get as `fx.deps`, made anew for each run of the scenario. */
  readonly deps?: () => unknown;
}

export interface CrashMatrixReport {
  /** What the scenario gave, every time. */
  readonly outcome: unknown;
  /** Takeovers that were tried, each in a run of its own. */
  readonly takeovers: number;
}

const codec = createValueCodec();

/** Rejects with what differed, and where: `entry 7, before the owner saw it`. */
export function crashMatrix({
  scenario,
  nodes = 3,
  deps,
}: CrashMatrixOptions): Promise<CrashMatrixReport> {
  return playMatrix(async (takeover) => {
    const log = new OneLog({ nodes, deps: deps?.(), takeover });
    await log.boot();
    return { log, scenario: () => scenario(matrixWorld(log)) };
  });
}

/** Sets a scenario up around a log of its own, on which this takeover happens. */
export type SetUp = (takeover: Takeover | undefined) => Promise<{
  readonly log: OneLog;
  scenario(): Promise<unknown>;
}>;

export async function playMatrix(setUp: SetUp): Promise<CrashMatrixReport> {
  const calm = await play(setUp, undefined);
  let takeovers = 0;
  for (let at = calm.from; at <= calm.entries; at++) {
    for (const isSeen of [false, true]) {
      const result = await play(setUp, { at, isSeen }).catch((error) => {
        throw new Error(`${where(at, isSeen)}: ${String(error)}`, { cause: error });
      });
      if (!result.hasCrashed) continue;
      takeovers++;
      compare(calm, result, where(at, isSeen));
    }
  }
  return { outcome: calm.outcome, takeovers };
}

const where = (at: number, isSeen: boolean): string =>
  `a takeover at entry ${at}, ${isSeen ? "after" : "before"} the owner saw it`;

interface Result {
  readonly outcome: unknown;
  /** Entries before the scenario's first, and with its last. */
  readonly from: number;
  readonly entries: number;
  readonly hasCrashed: boolean;
  /** By workflow id, path and name. */
  readonly executions: ReadonlyMap<string, number>;
}

async function play(setUp: SetUp, takeover: Takeover | undefined): Promise<Result> {
  const { log, scenario } = await setUp(takeover);
  const from = log.entries + 1;
  try {
    const late = (why: string): Error => new Error(`the scenario ${why}`);
    const outcome = await unlessIdle(scenario(), () => log.steps, late);
    const { entries, hasCrashed, executions } = log;
    return { outcome, from, entries, hasCrashed, executions };
  } finally {
    log.stop();
  }
}

function compare(calm: Result, result: Result, hint: string): void {
  if (codec.hash(result.outcome) !== codec.hash(calm.outcome)) {
    const [was, is] = [calm, result].map(({ outcome }) => JSON.stringify(outcome));
    throw new Error(`${hint}: the outcome is ${is}, without it ${was}`);
  }
  for (const [effect, count] of result.executions) {
    const most = Math.max(1, calm.executions.get(effect) ?? 1) + 1;
    if (count > most) throw new Error(`${hint}: ${effect} ran ${count} times, at most ${most}`);
  }
}
