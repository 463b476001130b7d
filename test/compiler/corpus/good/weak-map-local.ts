// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "weak-map-local", version: 1, run: function* (input: { n: number }) {
  const marks = new WeakMap<object, number>();
  const key = {};
  marks.set(key, input.n);
  return marks.get(key) ?? 0;
} });
