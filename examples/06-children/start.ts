import { startNode } from "raftoral";
import { region, report } from "./workflow.ts";

const node = await startNode({ workflows: [region, report], logLevel: "silent" });
const run = await node.start(report, ["north", "south", "east"], { id: "report-1" });
process.stdout.write(`${await run.result()} in ${(await node.list()).runs.length} runs\n`);
await node.stop();
