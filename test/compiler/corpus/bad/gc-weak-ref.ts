// expect: gc @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "gc-weak-ref", version: 1, run: function* (input: { n: number }) {
  const held = new WeakRef({ n: input.n });
  return held.deref()?.n ?? 0;
} });
