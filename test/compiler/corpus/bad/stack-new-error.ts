// expect: error-stack @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "stack-new-error", version: 1, run: function* (input: { n: number }) {
  return new Error("x").stack;
} });
