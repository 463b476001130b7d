import { step, workflow } from "raftoral";

const load = step("load", async (id: string) => id);
const loadAll = (ids: readonly string[]) => Promise.all(ids.map((id) => Promise.resolve(id)));

export const loaded = workflow({
  name: "loaded",
  run: function* (ids: readonly string[]) {
    const pending = loadAll(ids);
    return yield* load(String(pending));
  },
});
