import { step, workflow } from "raftoral";

const save = step("save", async (n: number) => n);

export const v1 = workflow({ name: "versions", version: 1, run: function* (n: number) { return yield* save(n); } });
export const v2 = workflow({ name: "versions", version: 2, run: function* (n: number) { return yield* save(n + 1); } });
