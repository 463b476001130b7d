import { startNode } from "raftoral";
import { cancelled, subscription } from "./workflow.ts";

const node = await startNode({ workflows: [subscription], logLevel: "silent" });
const first = { customer: "ada", periodMs: 10, paidPeriods: 0 };
const run = await node.start(subscription, first, { id: "subscription-ada" });
while ((await node.list({ status: "continued" })).runs.length < 3);
await run.signal(cancelled, "moved away");
const { paidPeriods, why } = await run.result();
process.stdout.write(`paid ${paidPeriods >= 3 ? "3 periods or more" : paidPeriods}, ${why}\n`);
await node.stop();
