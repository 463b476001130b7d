// expect: gc @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "gc-finalization", version: 1, run: function* (input: { n: number }) {
  const registry = new FinalizationRegistry(() => undefined);
  registry.register({}, input.n);
  return input.n;
} });
