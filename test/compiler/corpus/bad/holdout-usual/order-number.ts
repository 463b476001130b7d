import { step, workflow } from "raftoral";

const pad = (n: number, width: number): string => String(n).padStart(width, "0");

function orderNumber(prefix: string): string {
  const today = new Date();
  return [prefix, today.getUTCFullYear(), pad(today.getUTCMonth() + 1, 2)].join("-");
}

const reserve = step("reserve", async (order: { number: string; sku: string }) => order.number);

export const placeOrder = workflow({
  name: "place-order",
  version: 4,
  *run(input: { sku: string }) {
    const number = orderNumber("SO");
    return yield* reserve({ number, sku: input.sku });
  },
});
