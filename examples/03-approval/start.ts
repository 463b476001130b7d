import { startNode } from "raftoral";
import { approval, decision } from "./workflow.ts";

const node = await startNode({ workflows: [approval], logLevel: "silent" });
const answered = await node.start(approval, { waitMs: 86_400_000 }, { id: "holiday-1" });
await answered.signal(decision, { ok: true, by: "grace" });
const ignored = await node.start(approval, { waitMs: 20 }, { id: "holiday-2" });
process.stdout.write(`${await answered.result()}; ${await ignored.result()}\n`);
await node.stop();
