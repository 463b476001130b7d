import { step, workflow } from "raftoral";

const copy = step("copy", async (part: number) => part);
const report = (part: number, of: number): void => console.info(`${part}/${of}`);

export const backup = workflow({
  name: "backup",
  run: function* (parts: number) {
    for (let part = 1; part <= parts; part += 1) {
      yield* copy(part);
      report(part, parts);
    }
  },
});
