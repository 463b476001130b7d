import { CATALOGUE } from "./order.ts";

export interface ChargeRequest {
  readonly orderId: string;
  readonly amountCents: number;
  /** Refuse this many requests of the order before one is taken. */
  readonly failFirst: number;
}

export interface Receipt {
  readonly receiptId: string;
  readonly orderId: string;
  readonly amountCents: number;
}

export interface Report {
  readonly stockRequests: number;
  /** Every request to charge, refused and repeated ones too. */
  readonly chargeRequests: number;
  /** Distinct idempotency keys that moved money. */
  readonly chargesApplied: number;
  readonly ordersCharged: number;
  /** Orders that two different keys were charged for: must stay empty. */
  readonly chargedTwice: readonly string[];
  readonly amountCents: number;
}

interface Applied {
  readonly receipt: Receipt;
  readonly request: ChargeRequest;
}

/** What the payment server remembers: every request, and what each key was answered. */
export class Ledger {
  readonly #applied = new Map<string, Applied>();
  readonly #requestsOf = new Map<string, number>();
  #stockRequests = 0;

  stock(sku: string): number | undefined {
    this.#stockRequests++;
    return CATALOGUE.find((article) => article.sku === sku)?.available;
  }

  /** The same key gets the same receipt and moves money once; a key is for one request only. */
  charge(key: string, request: ChargeRequest): Receipt | "unavailable" | "key-reused" {
    const seen = (this.#requestsOf.get(request.orderId) ?? 0) + 1;
    this.#requestsOf.set(request.orderId, seen);
    const known = this.#applied.get(key);
    if (known !== undefined) return isSame(known.request, request) ? known.receipt : "key-reused";
    if (seen <= request.failFirst) return "unavailable";
    const { orderId, amountCents } = request;
    const receipt = { receiptId: `receipt-${this.#applied.size + 1}`, orderId, amountCents };
    this.#applied.set(key, { receipt, request });
    return receipt;
  }

  report(): Report {
    const receipts = [...this.#applied.values()].map(({ receipt }) => receipt);
    const orders = receipts.map(({ orderId }) => orderId);
    return {
      stockRequests: this.#stockRequests,
      chargeRequests: [...this.#requestsOf.values()].reduce((sum, n) => sum + n, 0),
      chargesApplied: receipts.length,
      ordersCharged: new Set(orders).size,
      chargedTwice: [...new Set(orders.filter((id, i) => orders.indexOf(id) !== i))],
      amountCents: receipts.reduce((sum, receipt) => sum + receipt.amountCents, 0),
    };
  }
}

const isSame = (a: ChargeRequest, b: ChargeRequest): boolean =>
  a.orderId === b.orderId && a.amountCents === b.amountCents;
