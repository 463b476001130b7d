import type { Receipt, Report } from "./ledger.ts";
import { amountCents, type Order } from "./order.ts";

/** The shop answered that it could not; `status` 503 may be tried again with the same key. */
export class ShopError extends Error {
  override readonly name = "ShopError";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** How many of an article the shop has. */
export async function checkStock(base: string, sku: string, signal: AbortSignal): Promise<number> {
  const { available } = await ask<{ available: number }>(
    `${base}/stock/${encodeURIComponent(sku)}`,
    { signal },
  );
  return available;
}

/** Charges an order; asked again with the same key, gives the same receipt and charges no more. */
export function charge(
  base: string,
  order: Order,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<Receipt> {
  return ask<Receipt>(`${base}/charge`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
    body: JSON.stringify({
      orderId: order.id,
      amountCents: amountCents(order),
      failFirst: order.paymentFailures,
    }),
    signal,
  });
}

export const report = (base: string): Promise<Report> => ask<Report>(`${base}/report`, {});

async function ask<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, init);
  const body = JSON.parse(await response.text());
  if (!response.ok) throw new ShopError(response.status, `${response.status}: ${body.error}`);
  return body;
}
