// Random commands about a state as it is: mostly what processes would say, some of it late, wrong
// or unknown.

import {
  type Epoch,
  epoch,
  nodeId,
  path,
  position,
  type RunId,
  runId,
} from "../../../src/std/ids.ts";
import type { Prng } from "../../../src/std/prng.ts";
import type { LeafKind, ParentClose, WriteKind } from "../../../src/workflow/dsl/effect.ts";
import type { Failure } from "../../../src/workflow/dsl/failure.ts";
import type {
  Divergence,
  EffectIdentity,
  Outcome,
  ProcessId,
} from "../../../src/workflow/dsl/record.ts";
import type {
  Batch,
  BatchItem,
  ChildOf,
  Command,
  Enter,
  Leave,
  ParkReason,
  Suspect,
} from "../../../src/workflow/machine/command.ts";
import { waitsText } from "../../../src/workflow/machine/rest.ts";
import type { MachineState, Run } from "../../../src/workflow/machine/state.ts";
import { NO_TERMS, type StartTerms } from "../../../src/workflow/machine/terms.ts";

const LONG = "0123456789".repeat(600);
const TEXTS = ["", "a", "charge", "ünïcode ☂", "\u0000", "x".repeat(33), LONG];
const KEYS = ["order@1", "order@2", "refund@1"] as const;
const WRITES: readonly [WriteKind, ...WriteKind[]] = ["checkpoint", "variable", "set", "patched"];
const LEAVES: readonly [LeafKind, ...LeafKind[]] = [
  "compute",
  "step",
  "sleep",
  "receive",
  "child",
  "childEnd",
];
const COUNTS = [0, 1, 63, 64, 65, 300] as const;

export function randomCommand(random: Prng, state: MachineState): Command {
  const roll = random.below(100);
  if (roll < 14) return randomStart(random);
  if (roll < 60) return { kind: "batches", batches: randomBatches(random, state) };
  if (roll < 70) return randomAnnounce(random, state);
  if (roll < 75) return randomOfRuns(random, state);
  const run = someRun(random, state);
  const id = run?.id ?? runId("g9-1-0");
  const owner = random.chance(0.8) && run?.owner !== undefined ? run.owner : process(random, state);
  const at = epoch((run?.epoch ?? 1) + (random.chance(0.2) ? 1 : 0));
  if (roll < 78) return randomLoss(random, state);
  if (roll < 80) return { runId: id, owner, epoch: at, ...randomEntry(random, run) };
  if (roll >= 92) return randomFate(random, id, at);
  if (roll < 83) return { kind: "claim", runId: id, owner, epoch: at };
  if (roll < 87) return { kind: "park", runId: id, epoch: at, ...randomReason(random) };
  const member = process(random, state);
  return { kind: "unfit", runId: id, member, divergence: randomDivergence(random) };
}

function randomEntry(
  random: Prng,
  run: Run | undefined,
): Pick<Enter, "kind" | "suspect"> | Pick<Leave, "kind" | "path"> {
  if (random.chance(0.2)) return { kind: "leave", path: path(random.pick(["1", "3", "7"])) };
  return { kind: "enter", suspect: randomSuspect(random, run) };
}

function randomSuspect(random: Prng, run: Run | undefined): Suspect {
  if (random.chance(0.5)) {
    return { kind: "inputs", upTo: position(random.below((run?.next ?? 0) + 1)) };
  }
  const at = path(random.pick(["1", "3", "7"]));
  return { kind: "body", path: at, title: "compute pay", losses: random.below(3) };
}

function randomFate(random: Prng, id: RunId, at: Epoch): Command {
  const roll = random.below(8);
  if (roll < 3) return { kind: random.pick(["resume", "resume", "expire"]), runId: id };
  if (roll === 5) {
    const to = path(random.pick(["start", "1", "3", "7"]));
    return { kind: "reset", runId: id, to, id: `x${random.below(5)}` };
  }
  if (roll < 5) return { kind: "move", runId: id, epoch: at, to: nodeId(1 + random.below(5)) };
  return { kind: "terminate", runId: id, reason: text(random) };
}

function randomLoss(random: Prng, state: MachineState): Command {
  const dead = process(random, state);
  return { kind: "assign-owners", dead, ...(random.chance(0.3) ? { isHandOver: true } : {}) };
}

function randomStart(random: Prng): Command {
  return {
    kind: "start",
    workflowId: `w${random.below(30)}`,
    name: random.pick(["order", "refund"]),
    version: 1 + random.below(2),
    input: value(random),
    inputHash: `h${random.below(2)}`,
    owner: nodeId(random.below(5)),
    ...(random.chance(0.5) ? {} : { terms: randomTerms(random) }),
  };
}

function randomTerms(random: Prng): StartTerms {
  if (random.chance(0.2)) return NO_TERMS;
  return {
    tags: random.chance(0.5) ? [] : [[text(random), text(random)]],
    onConflict: random.pick(["join", "join", "join", "fail", "replace"]),
    requestId: `r${random.below(10)}`,
    isBalanced: random.chance(0.3),
    ...(random.chance(0.3) ? { timeoutMs: random.below(2_000) } : {}),
    ...(random.chance(0.3) ? { retentionMs: random.below(2_000) } : {}),
  };
}

const randomOfRuns = (random: Prng, state: MachineState): Command =>
  random.chance(0.6) ? randomFromOutside(random) : randomOfChild(random, state);

function randomOfChild(random: Prng, state: MachineState): Command {
  const runId = someRun(random, state)?.id ?? "g9-1-0";
  const parent = { runId, path: path(`${random.below(3)}`) } as ChildOf;
  const start = randomStart(random);
  if (start.kind === "start" && random.chance(0.6)) return { kind: "start-child", parent, start };
  const workflowId = `w${random.below(30)}`;
  return { kind: "close-child", parent, workflowId, how: random.pick(["cancel", "terminate"]) };
}

function randomFromOutside(random: Prng): Command {
  const workflowId = `w${random.below(30)}`;
  const [id, name] = [`s${random.below(40)}`, text(random)];
  if (random.chance(0.3)) return { kind: "cancel", workflowId, id, reason: text(random) };
  return { kind: "signal", workflowId, id, name, value: value(random) };
}

function randomAnnounce(random: Prng, state: MachineState): Command {
  const node = nodeId(1 + random.below(4));
  const known = state.members.get(node);
  const nonce =
    known !== undefined && random.chance(0.3)
      ? random.pick([known.nonce, ...known.formerNonces])
      : `nonce ${random.u32()}`;
  const catalogue = KEYS.filter(() => random.chance(0.6));
  const level = 1 + random.below(3);
  return { kind: "announce", node, name: `n${node}`, nonce, catalogue, level };
}

function randomBatches(random: Prng, state: MachineState): readonly Batch[] {
  const batches = new Map<string, Batch>();
  for (let left = 1 + random.below(3); left > 0; left--) {
    const run = someRun(random, state);
    if (run !== undefined) batches.set(run.id, randomBatch(random, run));
  }
  return [...batches.values()];
}

function randomBatch(random: Prng, run: Run): Batch {
  const off = (p: number): number => (random.chance(p) ? random.below(3) - 1 : 0);
  return {
    runId: run.id,
    epoch: epoch(Math.max(0, run.epoch + off(0.1))),
    sequence: Math.max(0, run.sequence + 1 + off(0.2)),
    through: position(Math.max(-1, run.through + random.below(3))),
    items: Array.from({ length: random.below(4) }, () => randomItem(random, run)),
  };
}

function randomItem(random: Prng, run: Run): BatchItem {
  const roll = random.below(20);
  const at = path(`${random.below(12)}${random.chance(0.2) ? ".a.1" : ""}`);
  if (roll < 9) {
    const cursor = position(random.below(run.next + 1) - 1);
    const name = text(random);
    return {
      kind: "write",
      path: at,
      write: random.pick(WRITES),
      name,
      value: value(random),
      cursor,
    };
  }
  const effect: EffectIdentity = {
    path: at,
    kind: random.pick(LEAVES),
    name: text(random),
    inputHash: text(random),
  };
  if (roll < 15) return { kind: "outcome", effect, outcome: randomOutcome(random) };
  if (roll < 19) {
    const [attempt, retryInMs] = [1 + random.below(9), random.below(1_000)];
    return { kind: "attempt", effect, attempt, failure: randomFailure(random), retryInMs };
  }
  if (random.chance(0.3)) return randomRest(random, effect, run);
  if (random.chance(0.3)) return { kind: "marker", path: at, nonce: text(random) };
  if (random.chance(0.3)) {
    const parentClose = random.pick<ParentClose>(["cancel", "terminate", "abandon"]);
    return { kind: "child", path: at, workflowId: `w${random.below(30)}`, parentClose };
  }
  if (random.chance(0.3)) return { kind: "heartbeat", path: at, details: value(random) };
  const finish = { kind: "finish", outcome: randomOutcome(random) } as const;
  if (random.chance(0.5)) return finish;
  if (random.chance(0.5)) return { ...finish, as: { kind: "cancelled", reason: text(random) } };
  const consumed = Array.from({ length: random.below(3) }, () => `s${random.below(40)}`);
  const [input, inputHash] = [value(random), text(random)];
  return { ...finish, as: { kind: "continued", input, inputHash, consumed } };
}

function randomRest(random: Prng, { path: at, kind, name }: EffectIdentity, run: Run): BatchItem {
  const dueMs = random.pick([undefined, 0, -1, random.below(9_000), Date.UTC(2300, 0)]);
  const since = position(random.below(run.next + 1) - 1);
  const wait = { path: at, kind, name, since, dueMs };
  const waits = waitsText(Array.from({ length: random.below(3) }, () => wait));
  return { kind: "rest", isAsleep: random.chance(0.5), waits };
}

const randomOutcome = (random: Prng): Outcome =>
  random.chance(0.7)
    ? { ok: true, value: value(random) }
    : { ok: false, failure: randomFailure(random) };

export function randomFailure(random: Prng, depth = 0): Failure {
  const cause =
    depth < 5 && random.chance(0.4)
      ? { cause: random.chance(0.3) ? { value: value(random) } : randomFailure(random, depth + 1) }
      : {};
  return {
    name: text(random),
    message: text(random),
    ...(random.chance(0.5) ? { stack: text(random) } : {}),
    ...(random.chance(0.3) ? { data: value(random) } : {}),
    ...(random.chance(0.3) ? { isFinal: random.chance(0.5) } : {}),
    ...cause,
  };
}

const randomReason = (random: Prng) => ({
  reason: random.pick<ParkReason>(["diverged", "unserializable", "poisoned"]),
  divergence: randomDivergence(random),
});

const randomDivergence = (random: Prng): Divergence => ({
  path: text(random),
  recorded: text(random),
  actual: text(random),
  reason: text(random),
  ...(random.chance(0.5) ? { source: text(random) } : {}),
});

function someRun(random: Prng, state: MachineState): Run | undefined {
  return [...state.runs.values()][random.below(state.runs.size + 1)];
}

/** A member as it is now or was; sometimes one that never was. */
function process(random: Prng, state: MachineState): ProcessId {
  const node = nodeId(1 + random.below(5));
  const known = state.members.get(node)?.incarnation ?? 1;
  return { node, incarnation: known - (random.chance(0.2) && known > 1 ? 1 : 0) };
}

const text = (random: Prng): string =>
  random.chance(0.9) ? `t${random.below(50)}` : (TEXTS[random.below(TEXTS.length)] ?? "");

const value = (random: Prng): Uint8Array =>
  Uint8Array.from({ length: COUNTS[random.below(COUNTS.length)] ?? 0 }, () => random.below(256));
