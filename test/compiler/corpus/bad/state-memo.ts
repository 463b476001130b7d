// expect: global-state @ line 11
import { workflow } from "raftoral";
const cache = new Map<number, number>();
function squared(n: number): number {
  const known = cache.get(n);
  if (known !== undefined) return known;
  cache.set(n, n * n);
  return n * n;
}
export const wf = workflow({ name: "state-memo", version: 1, run: function* (input: { n: number }) {
  return squared(input.n);
} });
