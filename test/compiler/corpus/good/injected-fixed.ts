// expect: none
import { workflow } from "raftoral";
interface Clock { read(): number }
class HostClock implements Clock { read(): number { return Date.now(); } }
class FixedClock implements Clock { readonly at: number; constructor(at: number) { this.at = at; } read(): number { return this.at; } }
class Quotes { readonly #clock: Clock; constructor(clock: Clock) { this.#clock = clock; } fee(n: number): number { return n + this.#clock.read(); } }
export const host = new Quotes(new HostClock());
export const wf = workflow({ name: "injected-fixed", version: 1, run: function* (input: { n: number }) {
  const quotes = new Quotes(new FixedClock(5));
  return quotes.fee(input.n);
} });
