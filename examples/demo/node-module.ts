import process from "node:process";
import type { Fx } from "raftoral";
import { processOrder, type Shop } from "../process-order.ts";
import * as client from "../shop/client.ts";

// What each node process of the demo runs: `raftoral node examples/demo/node-module.ts …`.

export { processOrder };

/** The shop's address comes from whoever starts the process, who also hears of each effect. */
export function deps(): { readonly shop: Shop } {
  const { SHOP_URL = "" } = process.env;
  const noted = (fx: Fx): Fx => {
    process.send?.({ workflowId: fx.workflowId });
    return fx;
  };
  return {
    shop: {
      checkStock: (sku, fx) => client.checkStock(SHOP_URL, sku, noted(fx).signal),
      charge: (order, fx) => client.charge(SHOP_URL, order, fx.idempotencyKey, noted(fx).signal),
    },
  };
}
