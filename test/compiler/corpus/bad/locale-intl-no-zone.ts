// expect: locale @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "locale-intl-no-zone", version: 1, run: function* (input: { n: number }) {
  return new Intl.DateTimeFormat("en-US").format(input.n);
} });
