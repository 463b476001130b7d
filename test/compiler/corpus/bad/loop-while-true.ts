// expect: unbounded-loop @ line 4
import { sleep, workflow } from "raftoral";
export const wf = workflow({ name: "loop-while-true", version: 1, run: function* (input: { n: number }) {
  while (true) {
    yield* sleep("1 hour");
  }
} });
