import { type Workflow, step, workflow } from "raftoral";

const sync = step("sync", async (of: { table: string; since: number }) => of.since + 1);

function syncOf(table: string): Workflow<number, number> {
  return workflow({
    name: `sync-${table}`,
    run: function* (since: number) {
      return yield* sync({ table, since });
    },
  });
}

export const users = syncOf("users");
export const orders = syncOf("orders");
