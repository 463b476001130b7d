// expect: unbounded-loop @ line 4
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "loop-for-ever", version: 1, run: function* (input: { n: number }) {
  for (;;) {
    yield* compute("poll", async () => 1);
  }
} });
