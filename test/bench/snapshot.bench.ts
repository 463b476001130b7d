import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GroupMachine, workflowBytes } from "../../src/node/group-machine.ts";
import { realPorts } from "../../src/node/ports.ts";
import { EMPTY_CONF_STATE } from "../../src/raft/types.ts";
import { readBody, type Surroundings, writeBody } from "../../src/replica/snapshot-body.ts";
import { index, nodeId, path, position, runId, term } from "../../src/std/ids.ts";
import { openDiskSnapshots } from "../../src/storage/disk/disk-snapshots.ts";
import { nodeFileSystem } from "../../src/storage/disk/node-file-system.ts";
import { decodeManifest } from "../../src/storage/snapshot-codec.ts";
import { encodeState } from "../../src/workflow/machine/snapshot.ts";
import { type Bench, ofSamples, quantile, type Report } from "./harness.ts";
import { collections, type LongestTurn, longestTurn, Stretches } from "./stretches.ts";

// A snapshot of 100,000 runs with two checkpoints each, on the disk of TMPDIR: taken, and taken in
// by machines that have none of the runs, or all of them. What it costs others is its longest turn:
// first what its own code needs of one, from round to round the least, then the turns as they were,
// with the collector's and the machine's other work, beside those of a loop that does nothing.

const RUNS = 100_000;
const ROUNDS = 5;
const INTAKES = 3;
/** Of a turn while a snapshot is taken, and while the state is replaced. */
const [TAKING_MS, INTAKE_MS] = [5, 50];
/** Of the one turn in which they all change hands. */
const ANNOUNCED_MS = 100;

type Apply = (command: Parameters<typeof workflowBytes>[0]) => void;

function applier(machine: GroupMachine): Apply {
  let at = 0;
  return (command) => {
    machine.apply(workflowBytes(command), { index: index(++at), stampMs: 1_000 + at });
  };
}

const announcement = (nonce: string) =>
  ({
    kind: "announce",
    node: nodeId(1),
    name: "a",
    nonce,
    catalogue: ["order@1"],
    level: 1,
  }) as const;

function fill(machine: GroupMachine, apply: Apply): void {
  apply(announcement("n"));
  const input = new Uint8Array(60).fill(7);
  for (let i = 0; i < RUNS; i++) {
    const start = { name: "order", version: 1, input, inputHash: "0123456789abcdef" };
    apply({ kind: "start", workflowId: `order-${i}`, owner: nodeId(1), ...start });
    const run = machine.workflows.runs.get(runId(`1-${2 + 2 * i}-0`));
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

const idle = (): Promise<void> => new Promise((done) => setTimeout(done, 500));
const middle = (of: readonly number[]): number => quantile(of, 0.5);
const beside = (value: number, floor: number) => ({ value, floor, ratio: value / floor });
const name = `snapshot of ${RUNS} runs`;

/** A store and timers whose calls part the stretches. */
async function surroundings(directory: string, stretches: Stretches): Promise<Surroundings> {
  const { clock, timers } = realPorts();
  const store = await openDiskSnapshots(stretches.fileSystem(nodeFileSystem()), directory);
  return { store, clock, timers: stretches.timers(timers), isOver: () => false };
}

function reportTurns(
  what: string,
  {
    idles,
    turns,
  }: { readonly turns: readonly LongestTurn[]; readonly idles: readonly LongestTurn[] },
  report: Report,
): void {
  for (const [of, key] of [
    ["CPU of the longest turn", "cpuMs"],
    ["longest turn", "wallMs"],
  ] as const) {
    const all = turns.map((turn) => turn[key]);
    const floor = middle(idles.map((turn) => turn[key]));
    const value = idles.length === 0 ? { value: middle(all) } : beside(middle(all), floor);
    report({ name: `${what}: ${of}`, unit: "ms", ...value, p99: Math.max(...all) });
  }
}

async function taken(machine: GroupMachine, directory: string, report: Report): Promise<void> {
  const stretches = new Stretches();
  const around = await surroundings(directory, stretches);
  const what = { term: term(1), confState: EMPTY_CONF_STATE, addresses: [] };
  const [turns, idles]: [LongestTurn[], LongestTurn[]] = [[], []];
  const [seconds, floors]: [number[], number[]] = [[], []];
  let bytes = 0;
  const collected = collections();
  for (let round = 1; round <= ROUNDS; round++) {
    idles.push(await longestTurn(idle));
    let started = performance.now();
    encodeState(machine.workflows);
    floors.push(performance.now() - started);
    started = performance.now();
    const take = async (): Promise<void> => {
      const snapshot = await writeBody(machine.freeze(), around, { ...what, index: index(round) });
      bytes = snapshot === undefined ? 0 : decodeManifest(snapshot.data).bytes;
    };
    turns.push(await longestTurn(() => stretches.round(take)));
    seconds.push(performance.now() - started);
  }
  await collected.stop();
  const longest = Math.max(...stretches.needed);
  const idleMs = middle(idles.map(({ wallMs }) => wallMs));
  const stretch = beside(longest, idleMs);
  report({ name: `${name}: longest stretch`, unit: "ms", ...stretch, budget: TAKING_MS });
  reportTurns(name, { turns, idles }, report);
  const collection = Math.max(0, ...collected.lengths);
  report({ name: `${name}: longest collection`, unit: "ms", value: collection });
  report({ name: `${name}: durable`, unit: "ms", ...beside(middle(seconds), middle(floors)) });
  report({ name, unit: "bytes", value: bytes });
}

/** The newest snapshot in `directory` into what `next` gives, several times. */
async function takenIn(
  what: string,
  directory: string,
  next: () => GroupMachine,
  report: Report,
): Promise<void> {
  const stretches = new Stretches();
  const around = await surroundings(directory, stretches);
  const turns: LongestTurn[] = [];
  const seconds: number[] = [];
  for (let round = 0; round < INTAKES; round++) {
    const machine = next();
    const started = performance.now();
    const take = async (): Promise<void> =>
      (await readBody(machine, around, index(ROUNDS)))?.intake.finish();
    turns.push(await longestTurn(() => stretches.round(take)));
    seconds.push(performance.now() - started);
  }
  const value = Math.max(...stretches.needed);
  report({ name: `${what}: longest stretch`, unit: "ms", value, budget: INTAKE_MS });
  reportTurns(what, { turns, idles: [] }, report);
  report({ name: what, unit: "ms", value: middle(seconds) });
}

/** A process that comes back: all its runs have another epoch afterwards, in one turn. */
function announced(apply: Apply, report: Report): void {
  const turns = Array.from({ length: 2 * ROUNDS }, (_, round) => {
    const before = process.cpuUsage();
    apply(announcement(`again ${round}`));
    const { system, user } = process.cpuUsage(before);
    return (system + user) / 1_000;
  });
  const name = `CPU of announcing the owner of ${RUNS} runs`;
  report({ ...ofSamples(name, "ms", turns), budget: ANNOUNCED_MS });
}

export const bench: Bench = {
  name: "snapshot",
  async run(report) {
    const directory = mkdtempSync(join(tmpdir(), "snapshot-"));
    try {
      const machine = new GroupMachine("1");
      const apply = applier(machine);
      fill(machine, apply);
      await taken(machine, directory, report);
      await takenIn("into a new machine", directory, () => new GroupMachine("1"), report);
      await takenIn("into one that slept", directory, () => machine, report);
      const changed = (): GroupMachine => {
        apply(announcement(`${performance.now()}`));
        return machine;
      };
      await takenIn("into one with other runs", directory, changed, report);
      announced(apply, report);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
