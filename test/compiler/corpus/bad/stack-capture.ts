// expect: error-stack @ line 5
import { workflow } from "raftoral";
export const wf = workflow({ name: "stack-capture", version: 1, run: function* (input: { n: number }) {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder);
  return input.n;
} });
