import type { Report } from "../shop/ledger.ts";
import type { Takeovers } from "./takeovers.ts";

/** The demo's last line, whatever its nodes are. */
export interface DemoReport {
  readonly mode: "memory" | "data" | "processes";
  readonly nodes: number;
  readonly orders: number;
  readonly completed: number;
  readonly failed: number;
  readonly killed: readonly string[];
  readonly chargeRequests: number;
  readonly chargesApplied: number;
  readonly ordersCharged: number;
  readonly takeoverMs: { readonly p50: number; readonly max: number };
  readonly logEntries: number;
  readonly seconds: number;
}

export function reportOf(parts: {
  readonly mode: DemoReport["mode"];
  readonly nodes: number;
  /** One for each order; undefined: it failed. */
  readonly ended: readonly unknown[];
  readonly killed: readonly string[];
  readonly shop: Report;
  readonly takeovers: Takeovers;
  readonly logEntries: number;
  readonly startedMs: number;
}): DemoReport {
  const { ended, killed, logEntries, mode, nodes } = parts;
  const { chargeRequests, chargesApplied, ordersCharged } = parts.shop;
  const failed = ended.filter((end) => end === undefined).length;
  return {
    mode,
    nodes,
    orders: ended.length,
    completed: ended.length - failed,
    failed,
    killed,
    chargeRequests,
    chargesApplied,
    ordersCharged,
    takeoverMs: parts.takeovers.summary(),
    logEntries,
    seconds: Math.round((performance.now() - parts.startedMs) / 10) / 100,
  };
}
