import type { DemoReport } from "./report.ts";

export function showTable(report: DemoReport): void {
  console.table({
    "orders brought to their end": `${report.completed} of ${report.orders}`,
    "killed in the middle": report.killed.join(", "),
    "requests that the payment server saw": report.chargeRequests,
    "charges that it applied": report.chargesApplied,
    "orders charged": report.ordersCharged,
    "crash to next effect, median": `${report.takeoverMs.p50} ms`,
    "crash to next effect, longest": `${report.takeoverMs.max} ms`,
    "log entries": report.logEntries,
    seconds: report.seconds,
  });
}
