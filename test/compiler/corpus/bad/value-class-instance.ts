// expect: non-serializable @ line 5
import { checkpoint, workflow } from "raftoral";
class Money { readonly cents: number; constructor(cents: number) { this.cents = cents; } plus(other: Money): Money { return new Money(this.cents + other.cents); } }
export const wf = workflow({ name: "value-class-instance", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint("money", new Money(input.n));
  return input.n;
} });
