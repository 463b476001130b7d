import { EventEmitter } from "node:events";
import { workflow } from "raftoral";

export const wf = workflow({ name: "local-emitter", version: 1, run: function* (input: { n: number }) {
  const bus = new EventEmitter();
  let seen = 0;
  bus.on("seen", (n: number) => {
    seen += n;
  });
  bus.emit("seen", input.n);
  return seen;
} });
