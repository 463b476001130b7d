import { child, step, workflow } from "raftoral";

const save = step("save", async (n: number) => n);
const inner = workflow({ name: "inner", run: function* (n: number) { return yield* save(n); } });

export const outer = workflow({
  name: "outer",
  run: function* (n: number) {
    const started = child(inner, n, { id: `inner-${n}` });
    return n;
  },
});
