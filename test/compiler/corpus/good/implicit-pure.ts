import { checkpoint, workflow } from "raftoral";

class Money {
  constructor(readonly cents: number) {}
  valueOf(): number {
    return this.cents;
  }
  toString(): string {
    return `${this.cents} ct`;
  }
  toJSON(): string {
    return `${this}`;
  }
}
const rates = {
  base: 2,
  get double(): number {
    return this.base * 2;
  },
};
export const wf = workflow({ name: "implicit-pure", version: 1, run: function* (input: { n: number }) {
  const money = new Money(input.n);
  const { double } = rates;
  yield* checkpoint("text", JSON.stringify({ money, ...rates }));
  return `${money} ${+money * double}`;
} });
