import { step, workflow } from "raftoral";

const apply = step("apply", async (of: { n: number; f: (n: number) => number }) => of.f(of.n));

export const applied = workflow({
  name: "applied",
  run: function* (n: number) {
    return yield* apply({ n, f: (x) => x * 2 });
  },
});
