// expect: global-state @ line 5
import { workflow } from "raftoral";
const settings = { a: 1 };
export const wf = workflow({ name: "state-object-assign", version: 1, run: function* (input: { n: number }) {
  Object.assign(settings, { a: input.n });
  return settings.a;
} });
