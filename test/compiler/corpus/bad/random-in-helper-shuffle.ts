// expect: random @ line 12
import { workflow } from "raftoral";
function shuffled<T>(list: readonly T[]): T[] {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
export const wf = workflow({ name: "random-in-helper-shuffle", version: 1, run: function* (input: { n: number; list: number[] }) {
  return shuffled(input.list);
} });
