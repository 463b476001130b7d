import { startNode } from "raftoral";
import { processOrder } from "./workflow.ts";

const node = await startNode({ workflows: [processOrder], logLevel: "silent" });
const order = { id: "7", lines: [{ sku: "chair", quantity: 4 }] };
const run = await node.start(processOrder, order, { id: "order-7", tags: { customer: "ada" } });
const { receipt, status } = await run.result();
const found = await node.list({ tags: { customer: "ada" } });
process.stdout.write(`${status}: ${receipt}; ada has ${found.runs.length} order\n`);
await node.stop();
