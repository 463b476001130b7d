import { microsecondsEach, nanosecondsPerTurn } from "./harness.ts";

// The least that any engine must do here, measured in the same run as what is held against it.

const TURNS = 100_000;

/** One `yield*` of what yields once, driven by a bare loop: what an effect costs at least. */
export function emptyGeneratorNs(): number {
  const effect = {
    *[Symbol.iterator](): Generator<number, number, number> {
      return yield 1;
    },
  };
  function* body(times: number): Generator<number, number, number> {
    let sum = 0;
    for (let i = 0; i < times; i++) sum += yield* effect;
    return sum;
  }
  return nanosecondsPerTurn(TURNS, (times) => {
    const run = body(times);
    let input = 0;
    while (!run.next(input).done) input = 1;
  });
}

/** A copy of one small value: what crossing a boundary costs at least. */
export function structuredCloneNs(value: unknown): number {
  return nanosecondsPerTurn(TURNS / 5, (times) => {
    for (let i = 0; i < times; i++) structuredClone(value);
  });
}

/** One turn of an idle event loop: what waiting for anything at all costs at least. */
export const eventLoopTurnUs = (): Promise<readonly number[]> =>
  microsecondsEach(20_000, () => new Promise((next) => setImmediate(next)));
