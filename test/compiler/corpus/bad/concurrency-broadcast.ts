// expect: concurrency @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "concurrency-broadcast", version: 1, run: function* (input: { n: number }) {
  const channel = new BroadcastChannel("a");
  return channel.name;
} });
