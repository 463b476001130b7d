// expect: global-state @ line 6
import { workflow } from "raftoral";
class Rng { #state = 1; next(): number { this.#state = (this.#state * 16807) % 2147483647; return this.#state; } }
const rng = new Rng();
export const wf = workflow({ name: "state-shared-instance", version: 1, run: function* (input: { n: number }) {
  return rng.next() + input.n;
} });
