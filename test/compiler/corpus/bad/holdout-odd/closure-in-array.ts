import { step, workflow } from "raftoral";

const save = step("save", async (n: number) => n);
const checks: readonly ((n: number) => boolean)[] = [
  (n) => n > 0,
  (n) => n < new Date().getFullYear(),
];

export const checked = workflow({
  name: "checked",
  run: function* (n: number) {
    return checks.every((check) => check(n)) ? yield* save(n) : 0;
  },
});
