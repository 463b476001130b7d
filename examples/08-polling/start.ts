import { startNode } from "raftoral";
import { convert } from "./workflow.ts";

const node = await startNode({ workflows: [convert], logLevel: "silent" });
const run = await node.start(convert, { name: "film", parts: 5 }, { id: "convert-1" });
process.stdout.write(`${await run.result()}\n`);
await node.stop();
