import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CATALOGUE, type Order, type OrderLine } from "../shop/order.ts";

// Writes orders.jsonl beside it, the same bytes each time:
// node --import tsx examples/data/generate.ts

const ORDERS = 200;
const CUSTOMERS = ["Ada", "Boris", "Chen", "Dalia", "Emeka", "Freya", "Goran", "Hana"];
const inStock = CATALOGUE.filter((article) => article.available > 0);
const gone = CATALOGUE.filter((article) => article.available === 0);

/** Numbers that look mixed and never change: no generator to seed, no state to carry. */
const mixed = (order: number, draw: number, limit: number): number =>
  ((order * 7_919 + draw * 104_729 + ((order * order) % 1_013) * 31) % 9_973) % limit;

function linesOf(n: number): readonly OrderLine[] {
  const count = 2 + mixed(n, 0, 3);
  const first = mixed(n, 1, inStock.length);
  const isShort = n % 16 === 12;
  return Array.from({ length: count }, (_, i) => {
    const shelf = isShort && i === count - 1 ? gone : inStock;
    const { sku, unitCents } = at(shelf, first + i * 5);
    return { sku, quantity: 1 + mixed(n, 2 + i, 4), unitCents };
  });
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new Error("nothing to choose from");
  return item;
}

function orderOf(n: number): Order {
  const paymentFailures = n % 10 === 3 ? 1 + ((n / 10) & 1) : 0;
  return {
    id: `order-${String(n).padStart(3, "0")}`,
    customer: at(CUSTOMERS, mixed(n, 9, CUSTOMERS.length)),
    lines: linesOf(n),
    paymentFailures,
  };
}

export const orders: readonly Order[] = Array.from({ length: ORDERS }, (_, i) => orderOf(i + 1));
export const jsonl: string = orders.map((order) => `${JSON.stringify(order)}\n`).join("");

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL("./orders.jsonl", import.meta.url), jsonl);
