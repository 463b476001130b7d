// expect: finally-effect @ line 7
import { checkpoint, sleep, workflow } from "raftoral";
export const wf = workflow({ name: "finally-compute", version: 1, run: function* (input: { n: number }) {
  try {
    yield* sleep("1s");
  } finally {
    yield* checkpoint("released", true);
  }
  return input.n;
} });
