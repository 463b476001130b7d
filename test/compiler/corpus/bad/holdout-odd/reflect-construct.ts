import { step, workflow } from "raftoral";

const save = step("save", async (n: number) => n);

export const reflected = workflow({
  name: "reflected",
  run: function* () {
    const at: Date = Reflect.construct(Date, []);
    return yield* save(at.getTime());
  },
});
