import { compute, workflow } from "raftoral";

export const hello = workflow({
  name: "hello",
  run: function* (name: string) {
    // Runs on one node, once; every node and every replay sees what it gave.
    const today = yield* compute("today", () => new Date().toISOString().slice(0, 10));
    return `Hello, ${name}, on ${today}`;
  },
});
