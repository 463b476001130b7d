// expect: time @ line 3
import { workflow } from "raftoral";
const RULES = [(n: number): number => n + Date.now()];
export const wf = workflow({ name: "list-of-functions-reduced", version: 1, run: function* (input: { n: number }) {
  return RULES.reduce((sum, rule) => sum + rule(input.n), 0);
} });
