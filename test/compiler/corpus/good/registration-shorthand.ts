// expect: none
import { checkpoint, type Gen, workflow } from "raftoral";
function* run(input: { n: number }): Gen<number> { yield* checkpoint("n", input.n); return input.n; }
export const wf = workflow({ name: "registration-shorthand", version: 1, run });
