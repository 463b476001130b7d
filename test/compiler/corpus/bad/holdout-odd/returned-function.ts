import { step, workflow } from "raftoral";

const save = step("save", async (n: number) => n);

export const returning = workflow({
  name: "returning",
  run: function* (n: number) {
    const saved = yield* save(n);
    return { saved, undo: () => saved - n };
  },
});
