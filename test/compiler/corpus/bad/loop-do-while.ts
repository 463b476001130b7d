// expect: unbounded-loop @ line 4
import { sleep, workflow } from "raftoral";
export const wf = workflow({ name: "loop-do-while", version: 1, run: function* (input: { n: number }) {
  do {
    yield* sleep("1 hour");
  } while (true);
} });
