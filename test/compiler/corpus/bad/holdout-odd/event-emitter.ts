import { EventEmitter } from "node:events";
import { step, workflow } from "raftoral";

const bus = new EventEmitter();
const save = step("save", async (n: number) => n);

export const emitting = workflow({
  name: "emitting",
  run: function* (n: number) {
    let seen = 0;
    bus.on("seen", () => {
      seen += 1;
    });
    yield* save(n);
    return seen;
  },
});
