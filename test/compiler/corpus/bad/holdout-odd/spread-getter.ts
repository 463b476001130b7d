import { checkpoint, workflow } from "raftoral";

const context = {
  get host() {
    return process.env["HOSTNAME"] ?? "";
  },
};

export const contextual = workflow({
  name: "contextual",
  run: function* (id: string) {
    const all = { id, ...context };
    yield* checkpoint("context", all);
    return all.id;
  },
});
