import { compute, workflow } from "raftoral";

const flags = {
  isEnabled(name: string): boolean {
    return (process.env["FLAGS"] ?? "").split(",").includes(name);
  },
};

export const checkoutV2 = workflow({
  name: "checkout-v2",
  run: function* (cart: { total: number }) {
    const rate = flags.isEnabled("new-vat") ? 0.19 : 0.16;
    return yield* compute("charge", () => cart.total * (1 + rate));
  },
});
