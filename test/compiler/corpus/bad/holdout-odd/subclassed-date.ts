import { step, workflow } from "raftoral";

const save = step("save", async (at: number) => at);
class Moment extends Date {
  static current(): Moment {
    return new Moment();
  }
}

export const moments = workflow({
  name: "moments",
  run: function* () {
    return yield* save(Moment.current().getTime());
  },
});
