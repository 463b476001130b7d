import { checkpoint, workflow } from "raftoral";

const money = new Intl.NumberFormat(undefined, { style: "currency", currency: "EUR" });

export const receipt = workflow({
  name: "receipt",
  run: function* (lines: readonly { readonly cents: number }[]) {
    const cents = lines.reduce((sum, line) => sum + line.cents, 0);
    yield* checkpoint("total", cents);
    return money.format(cents / 100);
  },
});
