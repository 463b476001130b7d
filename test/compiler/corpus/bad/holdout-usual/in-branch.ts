import { all, compute, workflow } from "raftoral";

function* warm(region: string) {
  const started = performance.now();
  yield* compute(`warm ${region}`, () => region);
  return performance.now() - started > 1_000;
}

export const warmUp = workflow({
  name: "warm-up",
  run: function* (regions: readonly string[]) {
    return yield* all(regions.map((region) => warm(region)));
  },
});
