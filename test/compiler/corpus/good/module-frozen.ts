// expect: none
import { workflow } from "raftoral";
const RATES = Object.freeze({ eur: 110, usd: 100 });
export const invert = (rates: Record<string, number>): Record<string, number> => { const out = { ...rates }; out["x"] = 1; return out; };
export const wf = workflow({ name: "module-frozen", version: 1, run: function* (input: { n: number }) {
  return RATES.eur * input.n + Object.keys(invert(RATES)).length;
} });
