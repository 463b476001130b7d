import { patched, step, workflow } from "raftoral";

const oldWay = step("old-way", async (n: number) => n);
const newWay = step("new-way", async (n: number) => n + 1);

export const migrating = workflow({
  name: "migrating",
  run: function* (n: number) {
    return (yield* patched("new-way")) ? yield* newWay(n) : yield* oldWay(n);
  },
});
