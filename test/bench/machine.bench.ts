import { epoch, index, nodeId, path, position, runId } from "../../src/std/ids.ts";
import { apply } from "../../src/workflow/machine/apply.ts";
import { decodeCommand, encodeCommand } from "../../src/workflow/machine/codec.ts";
import type { Command } from "../../src/workflow/machine/command.ts";
import { createMachineState } from "../../src/workflow/machine/state.ts";
import { structuredCloneNs } from "./floors.ts";
import { type Bench, nanosecondsPerTurn, withFloor } from "./harness.ts";

// One checkpoint from the owner's hands to the state of a member: encode, decode, apply. 100 runs
// of 1,000 checkpoints a round, each on a state of its own; with the harness's rounds 2,000,000
// in all.

const CHECKPOINTS = 1_000;
const RUNS = 100;
const BUDGET_NS = 2_000;

interface Shape {
  readonly batchItems: number;
  readonly valueBytes: number;
}

export const bench: Bench = {
  name: "machine",
  run(report) {
    const floor = structuredCloneNs({ path: "17", name: "progress", value: new Uint8Array(12) });
    const measure = (shape: Shape): number => {
      const log = [...beginning, ...checkpoints(shape)];
      return nanosecondsPerTurn(RUNS * CHECKPOINTS, () => {
        for (let run = 0; run < RUNS; run++) replay(log);
      });
    };
    const one = measure({ batchItems: 1, valueBytes: 12 });
    const name = "codec + apply of one checkpoint";
    report(withFloor({ name, unit: "ns", value: one, budget: BUDGET_NS }, floor));
    const hundred = measure({ batchItems: 100, valueBytes: 12 });
    report(withFloor({ name: "the same in a batch of 100", unit: "ns", value: hundred }, floor));
    const large = measure({ batchItems: 1, valueBytes: 300 });
    report(withFloor({ name: "the same, value of 300 bytes", unit: "ns", value: large }, floor));
  },
};

const beginning: readonly Command[] = [
  { kind: "announce", node: nodeId(1), name: "a", nonce: "n", catalogue: ["order@1"], level: 1 },
  {
    kind: "start",
    workflowId: "order-1",
    name: "order",
    version: 1,
    input: new Uint8Array(12),
    inputHash: "h",
    owner: nodeId(1),
  },
];

/** What the owner of the run that `beginning` starts says, batch by batch. */
function checkpoints({ batchItems, valueBytes }: Shape): readonly Command[] {
  const value = new Uint8Array(valueBytes);
  return Array.from({ length: CHECKPOINTS / batchItems }, (_, i) => {
    const items = Array.from({ length: batchItems }, (_, j) => ({
      kind: "write" as const,
      path: path(`${i * batchItems + j}`),
      write: "checkpoint" as const,
      name: "progress",
      value,
      cursor: position(0),
    }));
    const place = { runId: runId("g1-2-0"), epoch: epoch(2), through: position(0) };
    return { kind: "batches", batches: [{ ...place, sequence: i + 1, items }] };
  });
}

function replay(log: readonly Command[]): void {
  const state = createMachineState("g1");
  let at = 0;
  for (const command of log) {
    at++;
    const context = { index: index(at), offset: 0, stampMs: at };
    apply(state, decodeCommand(encodeCommand(command)), context);
  }
  const run = state.runs.get(runId("g1-2-0"));
  if (run?.writes.size !== CHECKPOINTS) throw new Error("not every checkpoint was taken");
}
