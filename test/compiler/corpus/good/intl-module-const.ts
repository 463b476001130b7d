// expect: none
import { workflow } from "raftoral";
const MONEY = new Intl.NumberFormat("de-DE");
export const wf = workflow({ name: "intl-module-const", version: 1, run: function* (input: { n: number }) {
  return MONEY.format(input.n);
} });
