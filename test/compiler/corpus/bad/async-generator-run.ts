// expect: async @ line 3
import { workflow } from "raftoral";
export const wf = workflow({ name: "async-generator-run", version: 1, run: async function* (input: { n: number }) {
  yield* [] as never[];
  return input.n;
} } as never);
