import { step, workflow } from "raftoral";

const assign = step("assign", async (shard: number) => shard);
class Sharder {
  #salt(): number {
    return process.pid;
  }
  shardOf(id: string): number {
    return (id.length + this.#salt()) % 16;
  }
}

export const sharded = workflow({
  name: "sharded",
  run: function* (id: string) {
    return yield* assign(new Sharder().shardOf(id));
  },
});
