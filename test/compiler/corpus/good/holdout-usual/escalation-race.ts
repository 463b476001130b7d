import { race, receive, signal, sleep, step, workflow } from "raftoral";

const acknowledged = signal<string>("acknowledged");
const page = step("page", async (who: string) => who);

export const incident = workflow({
  name: "incident",
  run: function* (onCall: readonly string[]) {
    for (const who of onCall) {
      yield* page(who);
      const first = yield* race({ ack: receive(acknowledged), late: sleep("10 minutes") });
      if (first.tag === "ack") return first.value ?? who;
    }
    return "nobody";
  },
});
