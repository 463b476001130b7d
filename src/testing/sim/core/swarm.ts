// What one seed's world is like: which faults there are, how large everything is. Each fault is off
// in about half of the seeds, since a world with all of them hides what needs one alone (swarm
// testing).

import { type Prng, prngOf } from "../../../std/prng.ts";

export interface CoreSwarm {
  readonly nodes: number;
  /** Places beyond the first members: they may be added. */
  readonly spares: number;
  /** Virtual milliseconds of faults, before calm. */
  readonly faultsMs: number;
  readonly asyncStorageWrites: boolean;
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
  readonly stepDownOnRemoval: boolean;
  readonly disableProposalForwarding: boolean;
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  readonly maxSizePerMsg: number;
  readonly maxCommittedSizePerReady: number;
  readonly maxInflightMsgs: number;
  /** 0: no limit. */
  readonly maxInflightBytes: number;
  /** 0: no limit. */
  readonly maxUncommittedEntriesSize: number;
  /** Entries of one proposal, at most. */
  readonly proposalEntries: number;
  /** Milliseconds between two proposals, at most. */
  readonly proposalGapMs: number;
  /** A snapshot is taken, and the log cut, every so many applied entries; 0: never. */
  readonly compactEvery: number;
  /** How many ticks a machine is fast or slow, of 100. */
  readonly tickDrift: number;
  readonly network: NetworkSwarm;
  readonly disk: DiskSwarm;
  readonly faults: FaultSwarm;
}

export interface NetworkSwarm {
  readonly loss: number;
  readonly duplication: number;
  /** How often, with a message, one that was sent long ago comes once more. */
  readonly replay: number;
  readonly delayMaxMs: number;
  /** How often a message takes very long: it comes after what was sent later. */
  readonly tail: number;
  readonly tailMaxMs: number;
}

export interface DiskSwarm {
  readonly fsyncMaxMs: number;
  /** How often one takes very long. */
  readonly stall: number;
  readonly stallMaxMs: number;
}

/** How often each happens, in milliseconds from one to the next on average; 0: never. */
export interface FaultSwarm {
  readonly crashMs: number;
  /** Chance to die right after a message has left. */
  readonly crashAfterSend: number;
  readonly powerLossMs: number;
  readonly pauseMs: number;
  readonly partitionMs: number;
  readonly oneWayCutMs: number;
  readonly membershipMs: number;
  readonly transferMs: number;
  readonly readMs: number;
  /** At calm, all but a majority are gone for good. */
  readonly isQuorumOnly: boolean;
}

export function coreSwarmOf(seed: number): CoreSwarm {
  const random = prngOf(seed, "core swarm");
  const one = <T>(...choices: readonly [T, ...T[]]): T => random.pick(choices);
  const electionTicks = one(5, 10, 20);
  const maxSizePerMsg = one(0, 32, 256, 1 << 20);
  const heartbeatTicks = one(1, 1, 3);
  return {
    nodes: one(1, 2, 3, 3, 3, 4, 5, 5, 7),
    spares: random.below(3),
    faultsMs: 1_500 + random.below(4_000),
    asyncStorageWrites: random.chance(0.8),
    preVote: random.chance(0.7),
    checkQuorum: random.chance(0.7),
    stepDownOnRemoval: random.chance(0.5),
    disableProposalForwarding: random.chance(0.3),
    electionTicks,
    heartbeatTicks,
    maxSizePerMsg,
    maxCommittedSizePerReady: one(1, 64, 1 << 20),
    maxInflightMsgs: one(1, 2, 8, 256),
    maxInflightBytes: one(0, maxSizePerMsg + 64, 1 << 20),
    maxUncommittedEntriesSize: one(0, 128, 1 << 20),
    proposalEntries: one(1, 4, 32),
    proposalGapMs: one(5, 20, 100),
    compactEvery: one(0, 5, 20, 100),
    tickDrift: one(0, 0, 20),
    network: networkSwarm(random, one),
    disk: {
      fsyncMaxMs: one(0, 1, 10, 50),
      stall: one(0, 0, 0.02),
      stallMaxMs: 500,
    },
    faults: faultSwarm(random, one),
  };
}

function networkSwarm(random: Prng, one: <T>(...choices: readonly [T, ...T[]]) => T): NetworkSwarm {
  return {
    loss: one(0, 0, 0.02, 0.1, 0.4),
    duplication: one(0, 0, 0.05, 0.3),
    replay: one(0, 0, 0.02, 0.2),
    delayMaxMs: one(1, 5, 20),
    tail: random.chance(0.4) ? 0.03 : 0,
    tailMaxMs: one(200, 1_000, 3_000),
  };
}

function faultSwarm(random: Prng, one: <T>(...choices: readonly [T, ...T[]]) => T): FaultSwarm {
  const sometimes = (everyMs: number): number =>
    random.chance(0.5) ? Math.round(everyMs * (0.5 + random.unit())) : 0;
  return {
    crashMs: sometimes(400),
    crashAfterSend: random.chance(0.3) ? 0.003 : 0,
    powerLossMs: sometimes(1_500),
    pauseMs: sometimes(600),
    partitionMs: sometimes(600),
    oneWayCutMs: sometimes(500),
    membershipMs: sometimes(250),
    transferMs: sometimes(one(100, 400)),
    readMs: sometimes(40),
    isQuorumOnly: random.chance(0.5),
  };
}
