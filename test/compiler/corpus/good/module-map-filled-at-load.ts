// expect: none
import { workflow } from "raftoral";
const RATES = new Map<string, number>();
RATES.set("eur", 110);
for (const code of ["usd", "gbp"]) RATES.set(code, 100);
export const wf = workflow({ name: "module-map-filled-at-load", version: 1, run: function* (input: { n: number; kind: string }) {
  return (RATES.get(input.kind) ?? 0) * input.n;
} });
