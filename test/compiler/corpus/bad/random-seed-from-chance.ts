// expect: random @ line 5
import { workflow } from "raftoral";
class Rng { #state: number; constructor(seed: number) { this.#state = seed; } next(): number { this.#state = (this.#state * 16807) % 2147483647; return this.#state; } }
export const wf = workflow({ name: "random-seed-from-chance", version: 1, run: function* (input: { n: number }) {
  const rng = new Rng(Math.random());
  return rng.next() + input.n;
} });
