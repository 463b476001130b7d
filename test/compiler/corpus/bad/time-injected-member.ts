// expect: time @ line 8
import { workflow } from "raftoral";
interface Clock { read(): number }
class HostClock implements Clock { read(): number { return Date.now(); } }
class Quotes { readonly #clock: Clock; constructor(clock: Clock) { this.#clock = clock; } fee(n: number): number { return n + this.#clock.read(); } }
const quotes = new Quotes(new HostClock());
export const wf = workflow({ name: "time-injected-member", version: 1, run: function* (input: { n: number }) {
  return quotes.fee(input.n);
} });
