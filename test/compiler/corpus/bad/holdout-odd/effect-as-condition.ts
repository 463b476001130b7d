import { patched, step, workflow } from "raftoral";

const save = step("save", async (n: number) => n);

export const conditional = workflow({
  name: "conditional",
  run: function* (n: number) {
    if (patched("round")) n = Math.round(n);
    return yield* save(n);
  },
});
