import { readFileSync } from "node:fs";
import type { Order } from "../shop/order.ts";
import { progress } from "./progress.ts";

/** Orders under way: enough that the crash finds many, few enough that they come one by one. */
const AT_ONCE = 60;

/** How long the shop takes to answer: long enough that the crash finds much under way. */
export const SHOP_DELAY_MS = 60;

export const readOrders = (): readonly Order[] =>
  readFileSync(new URL("../data/orders.jsonl", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

/** Brings all orders to their ends, some at once; `killOne` is called when a third is done. */
export async function processOrders<R>(
  orders: readonly Order[],
  toItsEnd: (order: Order, place: number) => Promise<R | undefined>,
  killOne: () => Promise<string>,
): Promise<{ readonly ended: readonly (R | undefined)[]; readonly killed: readonly string[] }> {
  const killed: string[] = [];
  const ended: (R | undefined)[] = [];
  const show = progress(orders.length);
  const waiting = [...orders.entries()];
  let killing: Promise<void> | undefined;
  const serve = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, order] = next;
      ended.push(await toItsEnd(order, place));
      if (ended.length >= orders.length / 3) {
        killing ??= killOne().then((name) => void killed.push(name));
      }
      show(ended.length, killed);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, serve));
  await killing;
  return { ended, killed };
}
