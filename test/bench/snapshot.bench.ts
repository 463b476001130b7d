import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GroupMachine, workflowBytes } from "../../src/node/group-machine.ts";
import { realPorts } from "../../src/node/ports.ts";
import { EMPTY_CONF_STATE } from "../../src/raft/types.ts";
import type { StateView } from "../../src/replica/port.ts";
import { readBody, writeBody } from "../../src/replica/snapshot-body.ts";
import { index, nodeId, path, position, runId, term } from "../../src/std/ids.ts";
import { openDiskSnapshots } from "../../src/storage/disk/disk-snapshots.ts";
import { nodeFileSystem } from "../../src/storage/disk/node-file-system.ts";
import { decodeManifest } from "../../src/storage/snapshot-codec.ts";
import { encodeState } from "../../src/workflow/machine/snapshot.ts";
import { type Bench, ofSamples, quantile, type Report } from "./harness.ts";

// A snapshot of 100,000 runs with two checkpoints each, on the disk of TMPDIR, while the event loop
// does nothing else. Its turns are measured from outside, by an immediate that always comes again:
// so what is measured is the longest that anything else would wait, garbage collection included.
// Beside it the same records encoded in one go, and the turns of the same loop without a snapshot.

const RUNS = 100_000;
const ROUNDS = 5;

function fill(machine: GroupMachine): void {
  let at = 0;
  const apply = (command: Parameters<typeof workflowBytes>[0]): void => {
    machine.apply(workflowBytes(command), { index: index(++at), stampMs: 1_000 + at });
  };
  const catalogue = ["order@1"];
  apply({ kind: "announce", node: nodeId(1), name: "a", nonce: "n", catalogue, level: 1 });
  const input = new Uint8Array(60).fill(7);
  for (let i = 0; i < RUNS; i++) {
    const start = { name: "order", version: 1, input, inputHash: "0123456789abcdef" };
    apply({ kind: "start", workflowId: `order-${i}`, owner: nodeId(1), ...start });
    const run = machine.workflows.runs.get(runId(`1-${at}-0`));
    if (run === undefined) throw new Error("no run");
    const write = (place: string) => ({
      kind: "write" as const,
      path: path(place),
      write: "checkpoint" as const,
      name: "stock",
      value: input,
      cursor: position(0),
    });
    const items = [write("1"), write("2")];
    const batch = { runId: run.id, epoch: run.epoch, sequence: 1, through: position(0), items };
    apply({ kind: "batches", batches: [batch] });
  }
}

/** Milliseconds of the longest turn of the event loop until `work` is done. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let [isDone, longest, last] = [false, 0, performance.now()];
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isDone) setImmediate(look);
  };
  setImmediate(look);
  await work();
  isDone = true;
  return longest;
}

/** What this machine's other work does not blur: how long each piece took. */
const timed = (view: StateView, pieces: number[]): StateView => ({
  isOpen: true,
  close: () => view.close(),
  next: () => {
    const started = performance.now();
    const piece = view.next();
    pieces.push(performance.now() - started);
    return piece;
  },
});

const idle = (): Promise<void> => new Promise((done) => setTimeout(done, 500));

async function measure(directory: string, report: Report): Promise<void> {
  const machine = new GroupMachine("1");
  fill(machine);
  const store = await openDiskSnapshots(nodeFileSystem(), directory);
  const { clock, timers } = realPorts();
  const around = { store, clock, timers, isOver: () => false };
  const what = { index: index(1), term: term(1), confState: EMPTY_CONF_STATE, addresses: [] };
  const [turns, views, seconds, idles, floors]: number[][] = [[], [], [], [], []];
  const pieces: number[] = [];
  let bytes = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    idles?.push(await longestTurn(idle));
    let started = performance.now();
    encodeState(machine.workflows);
    floors?.push(performance.now() - started);
    started = performance.now();
    const turn = await longestTurn(async () => {
      const view = machine.freeze();
      views?.push(performance.now() - started);
      const snapshot = await writeBody(timed(view, pieces), around, {
        ...what,
        index: index(round),
      });
      bytes = snapshot === undefined ? 0 : decodeManifest(snapshot.data).bytes;
    });
    seconds?.push(performance.now() - started);
    turns?.push(turn);
  }
  const name = `snapshot of ${RUNS} runs`;
  const middle = (of: readonly number[] | undefined): number => quantile(of ?? [], 0.5);
  const beside = (value: number, floor: number) => ({ value, floor, ratio: value / floor });
  const most = Math.max(...(turns ?? []));
  report({
    name: `${name}: longest turn of ${ROUNDS}`,
    unit: "ms",
    ...beside(middle(turns), middle(idles)),
    p50: middle(turns),
    p99: most,
    budget: 5,
  });
  report({ ...ofSamples(`${name}: a piece`, "ms", pieces), budget: 5 });
  report({ name: `${name}: the view alone`, unit: "ms", value: middle(views), budget: 5 });
  report({
    name: `${name}: until durable`,
    unit: "ms",
    ...beside(middle(seconds), middle(floors)),
  });
  report({ name, unit: "bytes", value: bytes });
  const into = new GroupMachine("1");
  const started = performance.now();
  const turn = await longestTurn(async () => {
    (await readBody(into, around, index(ROUNDS)))?.intake.finish();
  });
  report({ name: `${name}: back into a machine`, unit: "ms", value: performance.now() - started });
  report({ name: `${name}: longest turn of that`, unit: "ms", value: turn });
}

export const bench: Bench = {
  name: "snapshot",
  async run(report) {
    const directory = mkdtempSync(join(tmpdir(), "snapshot-"));
    try {
      await measure(directory, report);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
