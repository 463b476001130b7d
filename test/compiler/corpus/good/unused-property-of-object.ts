// expect: none
import { workflow } from "raftoral";
const tools = { now: () => Date.now(), twice: (n: number): number => n * 2 };
export const wf = workflow({ name: "unused-property-of-object", version: 1, run: function* (input: { n: number }) {
  return tools.twice(input.n);
} });
