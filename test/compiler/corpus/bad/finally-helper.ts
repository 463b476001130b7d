// expect: finally-effect @ line 8
import { checkpoint, type Gen, sleep, workflow } from "raftoral";
function* release(): Gen<void> { yield* checkpoint("released", true); }
export const wf = workflow({ name: "finally-helper", version: 1, run: function* (input: { n: number }) {
  try {
    yield* sleep("1s");
  } finally {
    if (input.n > 1) yield* release();
  }
  return input.n;
} });
