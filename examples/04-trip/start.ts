import { startNode, WorkflowFailed } from "raftoral";
import { bookTrip } from "./workflow.ts";

const node = await startNode({ workflows: [bookTrip], logLevel: "silent" });
const booked = await node.start(bookTrip, { id: "1", isHotelFull: false }, { id: "trip-1" });
process.stdout.write(`booked ${(await booked.result()).join(" and ")}\n`);
const failed = await node.start(bookTrip, { id: "2", isHotelFull: true }, { id: "trip-2" });
const error = await failed.result().catch((reason: unknown) => reason);
if (error instanceof WorkflowFailed) process.stdout.write(`${error.message}\n`);
for await (const line of failed.history()) {
  const { effect, name, value } = JSON.parse(line);
  if (effect === "step" && name === "cancel-flight") process.stdout.write(`${value.json}\n`);
}
await node.stop();
