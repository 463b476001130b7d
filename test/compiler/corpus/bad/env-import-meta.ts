// expect: env @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "env-import-meta", version: 1, run: function* (input: { n: number }) {
  return import.meta.url;
} });
