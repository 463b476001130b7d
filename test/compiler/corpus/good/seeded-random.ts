// expect: none
import { workflow } from "raftoral";
class Rng { #state: number; constructor(seed: number) { this.#state = seed; } next(): number { this.#state = (this.#state * 16807) % 2147483647; return this.#state; } }
export const wf = workflow({ name: "seeded-random", version: 1, run: function* (input: { n: number }) {
  const rng = new Rng(input.n);
  return rng.next() + rng.next();
} });
