// expect: unbounded-loop @ line 4
import { sleep, workflow } from "raftoral";
export const wf = workflow({ name: "loop-inner-break", version: 1, run: function* (input: { n: number; list: number[] }) {
  while (true) {
    for (const each of input.list) if (each > 1) break;
    yield* sleep("1 hour");
  }
} });
