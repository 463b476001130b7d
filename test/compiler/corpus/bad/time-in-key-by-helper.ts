// expect: time @ line 5
import { checkpoint, workflow } from "raftoral";
const stamped = (name: string): string => `${name}-${Date.now()}`;
export const wf = workflow({ name: "time-in-key-by-helper", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint(stamped("at"), input.n);
  return input.n;
} });
