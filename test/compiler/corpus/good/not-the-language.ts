// expect: none
import { workflow } from "raftoral";
const mine = { workflow: <T>(definition: T): T => definition, compute: (fn: () => number): number => fn() };
export const wf = mine.workflow({ name: "x", run: () => Date.now() + mine.compute(() => Math.random()) });
export const real = workflow({ name: "not-the-language", version: 1, run: function* (input: { n: number }) { return input.n; } });
