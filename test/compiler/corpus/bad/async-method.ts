// expect: async @ line 6
import { workflow } from "raftoral";
class Rates { async of(code: string): Promise<number> { return code.length; } }
export const wf = workflow({ name: "async-method", version: 1, run: function* (input: { n: number }) {
  const rates = new Rates();
  void rates.of("eur");
  return input.n;
} });
