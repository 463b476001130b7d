// expect: locale @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "locale-upper", version: 1, run: function* (input: { n: number; kind: string }) {
  return input.kind.toLocaleUpperCase();
} });
