/** One line of examples/data/orders.jsonl. */
export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly lines: readonly OrderLine[];
  /** The payment server refuses this many requests of the order before it takes one. */
  readonly paymentFailures: number;
}

export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitCents: number;
}

export const amountCents = (order: Order): number =>
  order.lines.reduce((sum, line) => sum + line.quantity * line.unitCents, 0);

export interface Article {
  readonly sku: string;
  readonly unitCents: number;
  readonly available: number;
}

const article = (sku: string, unitCents: number, available: number): Article => {
  return { sku, unitCents, available };
};

export const CATALOGUE: readonly Article[] = [
  article("lamp-desk", 3_490, 900),
  article("lamp-floor", 8_900, 400),
  article("chair-oak", 12_900, 350),
  article("chair-steel", 7_450, 600),
  article("table-oak", 34_900, 120),
  article("shelf-wall", 4_990, 800),
  article("shelf-corner", 6_290, 500),
  article("rug-wool", 15_900, 210),
  article("rug-cotton", 5_900, 640),
  article("vase-glass", 1_990, 1_000),
  article("clock-wall", 2_790, 700),
  article("frame-a3", 1_290, 2_000),
  article("mirror-round", 6_990, 0),
  article("stool-bar", 4_590, 0),
];
