import { now, step, workflow } from "raftoral";

const say = step("say", async (text: string) => text);
const ago = (days: number): string => new Intl.RelativeTimeFormat().format(-days, "day");

export const relative = workflow({
  name: "relative",
  run: function* (days: number) {
    yield* now();
    return yield* say(ago(days));
  },
});
