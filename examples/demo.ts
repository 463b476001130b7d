import { parseArgs } from "node:util";
import { runInProcesses } from "./demo/processes.ts";
import { runInMemory, runOnDisk } from "./demo/run.ts";
import { showTable } from "./demo/table.ts";

// 200 orders, three nodes, one of them killed in the middle.
// `--json` ends with one line for machines. With `--data` the nodes have directories, and the
// killed one comes back from its own; with `--processes` they are processes that talk over a
// nats-server.

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    data: { type: "boolean", default: false },
    processes: { type: "boolean", default: false },
  },
});
const demo = values.processes ? runInProcesses : values.data ? runOnDisk : runInMemory;
const report = await demo();
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
