import { all, child, compute, workflow } from "raftoral";

export const region = workflow({
  name: "region",
  run: function* (name: string) {
    return yield* compute("revenue", () => name.length * 1_000);
  },
});

export const report = workflow({
  name: "report",
  run: function* (regions: readonly string[]) {
    // Each is a run of its own, with a journal and an owner of its own.
    const revenues = yield* all(regions.map((name) => child(region, name)));
    return revenues.reduce((sum, revenue) => sum + revenue, 0);
  },
});
