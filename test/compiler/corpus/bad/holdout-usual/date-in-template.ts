import { now, step, workflow } from "raftoral";

const say = step("say", async (text: string) => text);

export const greeting = workflow({
  name: "greeting",
  run: function* (name: string) {
    const at = yield* now();
    return yield* say(`Hello ${name}, it is ${at}`);
  },
});
