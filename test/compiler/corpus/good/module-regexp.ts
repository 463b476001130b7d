// expect: none
import { workflow } from "raftoral";
const WORD = /[a-z]+/;
export const wf = workflow({ name: "module-regexp", version: 1, run: function* (input: { n: number; kind: string }) {
  return WORD.test(input.kind) ? input.kind.split(WORD).length : input.n;
} });
