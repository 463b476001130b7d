// expect: time @ line 4
import { type Gen, workflow } from "raftoral";
const definition = { name: "time-definition-variable", version: 1, run: function* (input: { n: number }): Gen<number> {
  return Date.now() - input.n;
} };
export const wf = workflow(definition);
