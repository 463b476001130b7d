import { step, workflow } from "raftoral";

const save = step("save", async (at: number) => at);
type Constructor = new (...args: any[]) => object;
const Timed = <B extends Constructor>(Base: B) =>
  class extends Base {
    readonly createdAt = Date.now();
  };
class Plain {}
const TimedPlain = Timed(Plain);

export const mixed = workflow({
  name: "mixed",
  run: function* () {
    return yield* save(new TimedPlain().createdAt);
  },
});
