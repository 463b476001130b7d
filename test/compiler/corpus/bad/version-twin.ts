// expect: version-literal @ line 6
import { workflow } from "raftoral";
export const first = workflow({ name: "version-twin", version: 1, run: function* (input: { n: number }) {
  return input.n;
} });
export const second = workflow({ name: "version-twin", version: 1, run: function* (input: { n: number }) {
  return input.n + 1;
} });
