import { step, workflow } from "raftoral";

const load = step("load", async (id: string) => ({ id }));

export const weak = workflow({
  name: "weak",
  run: function* (id: string) {
    const row = yield* load(id);
    const ref = new WeakRef(row);
    const again = yield* load(id);
    return ref.deref()?.id ?? again.id;
  },
});
