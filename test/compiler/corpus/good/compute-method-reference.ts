// expect: none
import { compute, workflow } from "raftoral";
class Rates { async of(code: string): Promise<number> { return (await fetch("https://a.test/" + code)).status; } }
const rates = new Rates();
export const wf = workflow({ name: "compute-method-reference", version: 1, run: function* (input: { n: number }) {
  return yield* compute("rate", () => rates.of("eur"));
} });
