import { step, workflow } from "raftoral";

const save = step("save", async (n: number) => n);

function* attempt(n: number) {
  try {
    return yield* save(n);
  } catch (error) {
    return undefined;
  }
}

export const attempts = workflow({
  name: "attempts",
  run: function* (n: number) {
    return (yield* attempt(n)) ?? (yield* attempt(n + 1));
  },
});
