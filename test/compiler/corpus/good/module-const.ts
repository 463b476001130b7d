// expect: none
import { workflow } from "raftoral";
const LIMITS = { small: 1, large: 10 } as const;
const NAMES: readonly string[] = ["a", "b"];
export const wf = workflow({ name: "module-const", version: 1, run: function* (input: { n: number }) {
  return input.n > LIMITS.large ? NAMES[0] : NAMES[1];
} });
