import { startNode } from "raftoral";
import { hello } from "./workflow.ts";

const node = await startNode({ workflows: [hello], logLevel: "silent" });
const run = await node.start(hello, "world", { id: "hello-1" });
process.stdout.write(`${await run.result()}\n`);
await node.stop();
