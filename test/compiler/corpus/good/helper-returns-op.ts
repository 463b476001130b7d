// expect: none
import { compute, workflow } from "raftoral";
const stamp = (name: string) => compute(name, () => Date.now());
export const wf = workflow({ name: "helper-returns-op", version: 1, run: function* (input: { n: number }) {
  return yield* stamp("a");
} });
