// expect: concurrency @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "concurrency-channel", version: 1, run: function* (input: { n: number }) {
  const channel = new MessageChannel();
  channel.port1.postMessage(input.n);
  return input.n;
} });
