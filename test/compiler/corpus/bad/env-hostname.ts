// expect: env @ line 5
import { hostname } from "node:os";
import { workflow } from "raftoral";
export const wf = workflow({ name: "env-hostname", version: 1, run: function* (input: { n: number }) {
  return hostname();
} });
