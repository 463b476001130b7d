import { step, workflow } from "raftoral";

class Money {
  constructor(readonly cents: number, readonly currency: string) {}
  plus(other: Money): Money {
    if (other.currency !== this.currency) throw new Error("currencies differ");
    return new Money(this.cents + other.cents, this.currency);
  }
  toString(): string {
    return `${(this.cents / 100).toFixed(2)} ${this.currency}`;
  }
}
const pay = step("pay", async (amount: string) => amount);

export const settle = workflow({
  name: "settle",
  run: function* (cents: readonly number[]) {
    const total = cents.map((c) => new Money(c, "EUR")).reduce((a, b) => a.plus(b), new Money(0, "EUR"));
    return yield* pay(`${total}`);
  },
});
