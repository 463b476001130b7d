import { step, workflow } from "raftoral";

const load = step("load", async (id: string) => id.length);

export const memo = workflow({
  name: "memo",
  run: function* (ids: readonly string[]) {
    const known = new Map<string, number>();
    let sum = 0;
    for (const id of ids) {
      const value = known.get(id) ?? (yield* load(id));
      known.set(id, value);
      sum += value;
    }
    return sum;
  },
});
