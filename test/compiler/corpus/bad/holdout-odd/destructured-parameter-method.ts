import { step, workflow } from "raftoral";

const save = step("save", async (n: number) => n);
interface Tools { readonly roll: () => number; readonly name: string }
const tools: Tools = { roll: () => Math.random(), name: "dice" };
function use({ roll }: Tools): number {
  return roll() * 6;
}

export const dice = workflow({
  name: "dice",
  run: function* () {
    return yield* save(use(tools));
  },
});
