// expect: none
import { workflow } from "raftoral";
export const first = workflow({ name: "version-two", version: 1, run: function* (input: { n: number }) {
  return input.n;
} });
export const second = workflow({ name: "version-two", version: 2, run: function* (input: { n: number }) {
  return input.n + 1;
} });
