// What one seed's world is like: which faults there are and how large everything is. Each fault is
// off in about half of the seeds, since a world with all of them hides what needs one alone.

import type { ReplicaLimits } from "../../../replica/options.ts";
import { type Prng, prngOf } from "../../../std/prng.ts";
import type { NetworkConditions } from "../../../transport/memory.ts";
import type { RunnerLimits } from "../../../workflow/runner/port.ts";

export interface EngineSwarm {
  /** Nodes from the start. */
  readonly nodes: number;
  /** Nodes that come while the faults last. */
  readonly spares: number;
  readonly maxVoters: number;
  /** Each node's engine as on a thread of its own, with messages that take so long at most. */
  readonly thread: { readonly delayMaxMs: number; readonly feedBytes: number } | undefined;
  /** How the cluster begins: one founds it, or all wait for each other. */
  readonly founding: "bootstrap" | "expect";
  /** Virtual milliseconds of faults, before calm. */
  readonly faultsMs: number;
  /** No faults at all: what must hold without any is checked too. */
  readonly isControl: boolean;
  readonly runs: number;
  readonly startGapMs: number;
  readonly randomWorkflows: number;
  /** How often an effect body throws. */
  readonly failing: number;
  readonly effectMaxMs: number;
  readonly tickMs: number;
  readonly memberTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly concurrentEffects: number;
  readonly segmentBytes: number;
  readonly replica: ReplicaSwarm;
  readonly runner: Partial<RunnerLimits>;
  readonly network: Partial<NetworkConditions>;
  readonly disk: DiskSwarm;
  /** How far a machine's clock is off, at most. */
  readonly skewMaxMs: number;
  readonly faults: FaultSwarm;
}

/** Small, so that a seed goes through many of them. */
export type SnapshotSwarm = Pick<
  ReplicaLimits,
  | "snapshotEveryEntries"
  | "trailingEntries"
  | "snapshotPartBytes"
  | "snapshotInflightParts"
  | "snapshotRetryMs"
  | "snapshotIdleMs"
  | "heldEntries"
>;

export interface ReplicaSwarm extends SnapshotSwarm {
  readonly pendingProposals: number;
  readonly retryMs: number;
  readonly appendBytes: number;
  readonly inflightMessages: number;
  readonly applyBytes: number;
}

export interface DiskSwarm {
  readonly latencyMaxMs: number;
  /** How often one call takes very long. */
  readonly stall: number;
  readonly stallMaxMs: number;
}

/** How often each happens, in milliseconds from one to the next on average; 0: never. */
export interface FaultSwarm {
  readonly killMs: number;
  readonly powerCutMs: number;
  /** Of several at once, all of them included. */
  readonly powerLossMs: number;
  readonly pauseMs: number;
  readonly partitionMs: number;
  readonly oneWayCutMs: number;
  readonly syncFailureMs: number;
  /** A disk has no room for a while. */
  readonly fullMs: number;
  /** Each call of a disk takes seconds for a while. */
  readonly slowMs: number;
  /** A node ends, and its disk rots before it comes back. */
  readonly rotMs: number;
  /** A write goes to the wrong place. */
  readonly misdirectMs: number;
  /** The link is cut over which a snapshot comes: chance for each part of it. */
  readonly streamCut: number;
  readonly goodbyeMs: number;
  readonly leaveMs: number;
  /** User code blocks its event loop; only with a thread for the engine. */
  readonly blockMs: number;
  /** Chance to die right after a message has left. */
  readonly dieAfterSend: number;
  /** Chance that the hint of what was applied is lost. */
  readonly hintLoss: number;
}

export function engineSwarmOf(seed: number): EngineSwarm {
  const random = prngOf(seed, "engine swarm");
  const one = <T>(...choices: readonly [T, ...T[]]): T => random.pick(choices);
  const isControl = random.chance(0.06);
  const nodes = one(1, 2, 3, 3, 3, 4, 5);
  return {
    nodes,
    spares: isControl ? 0 : one(0, 0, 0, 1, 2),
    maxVoters: one(3, 5, 5),
    thread: threadSwarm(seed),
    founding: one("bootstrap", "expect"),
    faultsMs: 2_000 + random.below(8_000),
    isControl,
    runs: 2 + random.below(8),
    startGapMs: one(50, 300, 1_500),
    randomWorkflows: 1 + random.below(2),
    failing: one(0, 0, 0.15, 0.5),
    effectMaxMs: one(5, 60, 1_500),
    tickMs: one(20, 50),
    memberTimeoutMs: one(400, 1_500),
    callTimeoutMs: one(1_000, 5_000),
    concurrentEffects: one(1, 3, 1_000),
    segmentBytes: one(2_048, 8_192, 32_768),
    replica: {
      pendingProposals: one(4, 10_000, 10_000),
      retryMs: one(200, 1_000),
      appendBytes: one(64, 4_096, 1 << 20),
      inflightMessages: one(1, 4, 256),
      applyBytes: one(1, 1 << 20),
      ...snapshotSwarm(seed),
    },
    runner: runnerSwarm(one),
    network: isControl ? {} : networkSwarm(random, one),
    disk: {
      latencyMaxMs: one(0, 0.2, 5),
      stall: isControl ? 0 : one(0, 0, 0.01),
      stallMaxMs: 3_000,
    },
    skewMaxMs: one(0, 0, 40, 1_000),
    faults: isControl
      ? NONE
      : { ...faultSwarm(random), ...diskFaultSwarm(seed), blockMs: blockMsOf(seed) },
  };
}

/** Of chance of its own: the rest of a seed's world is the same with it and without. */
function threadSwarm(seed: number): EngineSwarm["thread"] {
  const random = prngOf(seed, "thread swarm");
  if (!random.chance(0.4)) return;
  return {
    delayMaxMs: random.pick([0, 0.1, 20]),
    feedBytes: random.pick([500, 20_000, 1 << 26]),
  };
}

function snapshotSwarm(seed: number): SnapshotSwarm {
  const random = prngOf(seed, "snapshot swarm");
  return {
    snapshotEveryEntries: random.pick([5, 20, 100, 10_000]),
    trailingEntries: random.pick([0, 3, 50]),
    snapshotPartBytes: random.pick([100, 2_000, 1 << 17]),
    snapshotInflightParts: random.pick([1, 4]),
    snapshotRetryMs: random.pick([100, 500]),
    snapshotIdleMs: random.pick([1_000, 5_000]),
    heldEntries: random.pick([10, 100_000]),
  };
}

type DiskFaults = Pick<FaultSwarm, "fullMs" | "slowMs" | "streamCut" | "rotMs" | "misdirectMs">;

function diskFaultSwarm(seed: number): DiskFaults {
  const random = prngOf(seed, "disk fault swarm");
  return {
    fullMs: random.chance(0.3) ? 1_000 + random.below(3_000) : 0,
    slowMs: random.chance(0.2) ? 2_000 + random.below(4_000) : 0,
    streamCut: random.chance(0.5) ? 0.1 : 0,
    rotMs: random.chance(0.5) ? 300 + random.below(1_500) : 0,
    misdirectMs: random.chance(0.4) ? 300 + random.below(1_500) : 0,
  };
}

type One = <T>(...choices: readonly [T, ...T[]]) => T;

function runnerSwarm(one: One): Partial<RunnerLimits> {
  return {
    stretchFuel: one(1, 10, 1_000),
    inflightBatchesPerRun: one(1, 3, 16),
    batchItems: one(1, 2, 4_096),
    commandBytes: one(1, 300, 512 * 1024),
    restMs: one(5, 50, Number.POSITIVE_INFINITY),
    sweepMs: one(200, 1_000),
    sweepRuns: one(1, 3, 1_000),
  };
}

function networkSwarm(random: Prng, one: One): Partial<NetworkConditions> {
  return {
    loss: one(0, 0, 0.02, 0.1),
    duplication: one(0, 0, 0.05, 0.3),
    straggling: random.chance(0.4) ? one(0.01, 0.05) : 0,
    delayMs: one([0.1, 0.5], [0.1, 10], [1, 60]),
    isReordering: random.chance(0.3),
  };
}

const NONE: FaultSwarm = {
  killMs: 0,
  powerCutMs: 0,
  powerLossMs: 0,
  pauseMs: 0,
  partitionMs: 0,
  oneWayCutMs: 0,
  syncFailureMs: 0,
  fullMs: 0,
  slowMs: 0,
  streamCut: 0,
  rotMs: 0,
  misdirectMs: 0,
  goodbyeMs: 0,
  leaveMs: 0,
  blockMs: 0,
  dieAfterSend: 0,
  hintLoss: 0,
};

function blockMsOf(seed: number): number {
  const random = prngOf(seed, "blocks");
  return random.chance(0.7) ? 1_000 + random.below(3_000) : 0;
}

function faultSwarm(random: Prng): Omit<FaultSwarm, "blockMs" | keyof DiskFaults> {
  const sometimes = (everyMs: number): number =>
    random.chance(0.5) ? Math.round(everyMs * (0.3 + 1.4 * random.unit())) : 0;
  return {
    killMs: sometimes(2_000),
    powerCutMs: sometimes(2_000),
    powerLossMs: sometimes(4_000),
    pauseMs: sometimes(2_500),
    partitionMs: sometimes(2_500),
    oneWayCutMs: sometimes(2_500),
    syncFailureMs: random.chance(0.4) ? sometimes(4_000) : 0,
    goodbyeMs: random.chance(0.6) ? sometimes(3_000) : 0,
    leaveMs: random.chance(0.4) ? sometimes(5_000) : 0,
    dieAfterSend: random.chance(0.3) ? 0.002 : 0,
    hintLoss: random.chance(0.3) ? random.pick([0.1, 0.5, 0.9]) : 0,
  };
}
