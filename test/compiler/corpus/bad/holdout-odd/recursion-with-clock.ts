import { type Gen, step, workflow } from "raftoral";

const visit = step("visit", async (node: string) => [node]);

function* walk(node: string, deadline: number): Gen<number> {
  if (Date.now() > deadline) return 0;
  let seen = 1;
  for (const next of yield* visit(node)) seen += yield* walk(next, deadline);
  return seen;
}

export const walked = workflow({
  name: "walked",
  run: function* (root: string) {
    return yield* walk(root, 1_000_000);
  },
});
