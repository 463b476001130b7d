// expect: time @ line 5
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-local-alias", version: 1, run: function* (input: { n: number }) {
  const D = Date;
  const when = D.now();
  return when - input.n;
} });
