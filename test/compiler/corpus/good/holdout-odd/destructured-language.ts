import * as raftoral from "raftoral";

const { step, workflow } = raftoral;
const save = step("save", async (n: number) => `${Date.now()} ${n}`);

export const spaced = workflow({
  name: "spaced",
  run: function* (n: number) {
    const { length } = yield* save(n);
    yield* raftoral.sleep(10);
    return length;
  },
});
