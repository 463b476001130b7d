import { receive, signal, step, workflow } from "raftoral";

const messages = signal<string>("messages");
const handle = step("handle", async (text: string) => text);

export const chat = workflow({
  name: "chat",
  run: function* () {
    const seen: string[] = [];
    while (true) {
      const text = yield* receive(messages);
      if (text === "bye") return seen;
      seen.push(yield* handle(text));
    }
  },
});
