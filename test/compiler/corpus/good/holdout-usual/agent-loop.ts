import { checkpoint, step, workflow } from "raftoral";

interface Message { readonly role: "user" | "assistant" | "tool"; readonly text: string }
interface Reply { readonly text: string; readonly tool?: string }

const think = step("think", async (messages: readonly Message[]): Promise<Reply> => {
  const response = await fetch("https://llm.test", { method: "POST", body: JSON.stringify(messages) });
  return await response.json();
});
const tools = {
  weather: step("weather", async (city: string) => `sunny in ${city}`),
  clock: step("clock", async () => new Date().toString()),
};

export const agent = workflow({
  name: "agent",
  run: function* (question: string) {
    const messages: Message[] = [{ role: "user", text: question }];
    for (let turn = 0; turn < 10; turn += 1) {
      const reply = yield* think(messages);
      messages.push({ role: "assistant", text: reply.text });
      if (reply.tool === undefined) return reply.text;
      const result = reply.tool === "weather" ? yield* tools.weather(reply.text) : yield* tools.clock();
      messages.push({ role: "tool", text: result });
    }
    yield* checkpoint("gave-up", messages.length);
    return undefined;
  },
});
