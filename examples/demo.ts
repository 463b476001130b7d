import { parseArgs } from "node:util";
import { runInProcesses } from "./demo/processes.ts";
import { runInMemory } from "./demo/run.ts";
import { showTable } from "./demo/table.ts";

// 200 orders, three nodes, one of them killed in the middle.
// `--json` ends with one line for machines; with `--processes` the nodes are processes that talk
// over a nats-server, with directories of their own.

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    processes: { type: "boolean", default: false },
  },
});
const report = values.processes ? await runInProcesses() : await runInMemory();
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
