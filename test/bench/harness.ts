/** One measured thing; `npm run bench -- --json` prints one a line. */
export interface BenchRecord {
  readonly name: string;
  readonly unit: "ns" | "us" | "ms" | "bytes" | "entries" | "per-second";
  /** The figure that a budget is about: the median where there are percentiles. */
  readonly value: number;
  readonly p50?: number;
  readonly p99?: number;
  /** What the same machine needs, in the same run, for the least that any engine must do. */
  readonly floor?: number;
  /** value / floor. */
  readonly ratio?: number;
  /** At most this; for `per-second` at least this. */
  readonly budget?: number;
}

export type Report = (record: BenchRecord) => void;

/** What each `*.bench.ts` file exports as `bench`. */
export interface Bench {
  readonly name: string;
  run(report: Report): Promise<void> | void;
}

/** A record with its floor beside it. */
export function withFloor(record: BenchRecord, floor: number): BenchRecord {
  return { ...record, floor, ratio: record.value / floor };
}

/** A record of many samples: its value is their median. */
export function ofSamples(
  name: string,
  unit: BenchRecord["unit"],
  samples: readonly number[],
): BenchRecord {
  const p50 = quantile(samples, 0.5);
  return { name, unit, value: p50, p50, p99: quantile(samples, 0.99) };
}

export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * q));
  return sorted[at] ?? Number.NaN;
}

const ROUNDS = 15;
const WARM_UP_ROUNDS = 5;

/**
 * Nanoseconds for one of the `times` turns that `body` makes: the median of several rounds, after
 * some to warm up. The median, since on a shared machine the mean measures the neighbours.
 */
export function nanosecondsPerTurn(times: number, body: (times: number) => void): number {
  const rounds: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const started = performance.now();
    body(times);
    if (round >= WARM_UP_ROUNDS) rounds.push(((performance.now() - started) * 1e6) / times);
  }
  return quantile(rounds, 0.5);
}

/** Microseconds that each of `times` awaited turns took, after a tenth as many to warm up. */
export async function microsecondsEach(
  times: number,
  body: (turn: number) => Promise<unknown>,
): Promise<readonly number[]> {
  for (let turn = 0; turn < times / 10; turn++) await body(turn);
  const samples: number[] = [];
  for (let turn = 0; turn < times; turn++) {
    const started = performance.now();
    await body(turn);
    samples.push((performance.now() - started) * 1000);
  }
  return samples;
}
