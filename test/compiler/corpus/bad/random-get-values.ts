// expect: random @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "random-get-values", version: 1, run: function* (input: { n: number }) {
  const bytes = crypto.getRandomValues(new Uint8Array(4));
  return bytes[0]! + input.n;
} });
