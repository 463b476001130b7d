import { step, workflow } from "raftoral";

const apply = step("apply", async (rule: string) => rule);

export const rules = workflow({
  name: "rules",
  run: function* (input: { source: string; n: number }) {
    const rule = new Function("n", input.source);
    return yield* apply(String(rule(input.n)));
  },
});
