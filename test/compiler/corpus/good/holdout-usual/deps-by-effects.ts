import { effects, workflow } from "raftoral";

interface Deps { readonly db: { find(id: string): Promise<{ name: string } | undefined> } }
const fx = effects<Deps>();
const find = fx.step("find", async (id: string, { deps }) => (await deps.db.find(id))?.name ?? "");

export const lookup = workflow({
  name: "lookup",
  run: function* (id: string) {
    const name = yield* find(id);
    const other = yield* fx.compute("other", ({ deps }) => deps.db.find(name));
    return other?.name;
  },
});
