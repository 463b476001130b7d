import { startNode } from "raftoral";
import { album } from "./workflow.ts";

const node = await startNode({ workflows: [album], logLevel: "silent" });
const run = await node.start(album, ["sea", "tower", "cat"], { id: "album-1" });
process.stdout.write(`${await run.result()} bytes\n`);
await node.stop();
