// expect: none
import { basename, join } from "node:path";
import { workflow } from "raftoral";
export const wf = workflow({ name: "path-join", version: 1, run: function* (input: { n: number; kind: string }) {
  return join("a", basename(input.kind));
} });
