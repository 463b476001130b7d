// expect: none
import { sleep, workflow } from "raftoral";
export const wf = workflow({ name: "finally-without-effects", version: 1, run: function* (input: { n: number }) {
  let open = true;
  try {
    yield* sleep("1s");
  } finally {
    open = false;
  }
  return open;
} });
