import { compute, workflow } from "raftoral";

export const snapshot = workflow({
  name: "snapshot",
  run: function* (table: string) {
    const stamp = new Date().toISOString().slice(0, 10);
    return yield* compute(`copy-${table}-${stamp}`, () => table);
  },
});
