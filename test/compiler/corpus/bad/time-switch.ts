// expect: time @ line 5
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-switch", version: 1, run: function* (input: { n: number }) {
  switch (true) {
    case Date.now() > input.n: return 1;
    default: return 0;
  }
} });
