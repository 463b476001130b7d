import { emptyGeneratorNs, eventLoopTurnUs, structuredCloneNs } from "./floors.ts";
import { type Bench, ofSamples } from "./harness.ts";

export const bench: Bench = {
  name: "floors",
  async run(report) {
    report({ name: "empty generator loop", unit: "ns", value: emptyGeneratorNs() });
    const value = { sku: "lamp-desk", quantity: 2, unitCents: 3_490 };
    report({ name: "structuredClone of a line", unit: "ns", value: structuredCloneNs(value) });
    report(ofSamples("event-loop turn", "us", await eventLoopTurnUs()));
  },
};
