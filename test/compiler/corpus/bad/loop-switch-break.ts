// expect: unbounded-loop @ line 4
import { sleep, workflow } from "raftoral";
export const wf = workflow({ name: "loop-switch-break", version: 1, run: function* (input: { n: number }) {
  while (1) {
    switch (input.n) { case 1: break; default: yield* sleep("1 hour"); }
  }
} });
