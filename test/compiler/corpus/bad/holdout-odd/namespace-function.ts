import { step, workflow } from "raftoral";

const save = step("save", async (id: string) => id);
namespace Ids {
  let last = 0;
  export function next(): string {
    last += 1;
    return `id-${last}`;
  }
}

export const named = workflow({
  name: "named",
  run: function* () {
    return yield* save(Ids.next());
  },
});
