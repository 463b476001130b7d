import { step, workflow } from "raftoral";

const wait = step("wait", async (ms: number) => ms);
class Age {
  constructor(readonly since: number) {}
  valueOf(): number {
    return Date.now() - this.since;
  }
}

export const aged = workflow({
  name: "aged",
  run: function* (since: number) {
    const age = new Age(since);
    return yield* wait(+age);
  },
});
