import { parseArgs } from "node:util";
import { runDemo } from "./demo/run.ts";
import { showTable } from "./demo/table.ts";

// 200 orders, three nodes, one of them killed in the middle.
// `--json` ends with one line for machines.

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const report = await runDemo();
if (values.json) console.log(JSON.stringify(report));
else showTable(report);
const isRight =
  report.completed === report.orders &&
  report.failed === 0 &&
  report.chargesApplied === report.ordersCharged;
if (!isRight) {
  console.error("an order is missing or was charged twice");
  process.exitCode = 1;
}
