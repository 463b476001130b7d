// expect: random @ line 5
import { freshId } from "./_lib/barrel.js";
import { workflow } from "raftoral";
export const wf = workflow({ name: "random-renamed-re-export", version: 1, run: function* (input: { n: number }) {
  return freshId();
} });
