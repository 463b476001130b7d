import { step, workflow } from "raftoral";

const send = step("send", async (text: string) => text);
const variables: Record<string, () => string> = {
  today: () => new Date().toISOString(),
  shop: () => "shop",
};

export const templated = workflow({
  name: "templated",
  run: function* (text: string) {
    const filled = text.replace(/\{(\w+)\}/g, (_all, key: string) => variables[key]?.() ?? "");
    return yield* send(filled);
  },
});
