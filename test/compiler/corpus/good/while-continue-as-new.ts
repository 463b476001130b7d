// expect: none
import { continueAsNew, sleep, workflow } from "raftoral";
export const wf = workflow({ name: "while-continue-as-new", version: 1, run: function* (input: { n: number }) {
  while (true) {
    yield* sleep("1 hour");
    yield* continueAsNew(input);
  }
} });
