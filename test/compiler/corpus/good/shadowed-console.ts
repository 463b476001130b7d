// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "shadowed-console", version: 1, run: function* (input: { n: number }) {
  const console = { log: (text: string): string => text };
  return console.log("a") + input.n;
} });
