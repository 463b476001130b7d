import { readFileSync } from "node:fs";
import { step, workflow } from "raftoral";

const send = step("send", async (text: string) => text.length);

const templates = {
  welcome: (name: string) => readFileSync("welcome.txt", "utf8").replace("{name}", name),
  bye: (name: string) => `bye ${name}`,
};

export const mail = workflow({
  name: "mail",
  run: function* (input: { name: string; isNew: boolean }) {
    const text = input.isNew ? templates.welcome(input.name) : templates.bye(input.name);
    return yield* send(text);
  },
});
