// expect: locale @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "locale-intl-default", version: 1, run: function* (input: { n: number }) {
  return new Intl.NumberFormat().format(input.n);
} });
