import { decodeConfChange } from "../../src/raft/codec.ts";
import type { Message } from "../../src/raft/message.ts";
import { RawNode } from "../../src/raft/raw-node.ts";
import { founding } from "../../src/replica/bootstrap.ts";
import { nodeId } from "../../src/std/ids.ts";
import { createMemoryLogStore } from "../../src/storage/memory.ts";
import type { LogStore } from "../../src/storage/port.ts";
import { type Bench, quantile, withFloor } from "./harness.ts";

// Three bare cores on one thread, their messages handed over as objects: what consensus itself
// costs, without codecs, network and event loop. A proposal counts when all three have applied it.

const PAYLOAD = new Uint8Array(100);
const ROUNDS = 9;

class Member {
  readonly raw: RawNode;
  readonly #store: LogStore;
  applied = 0;

  constructor(id: number) {
    this.#store = createMemoryLogStore();
    const voters = [1, 2, 3].map((n) => ({ id: nodeId(n), name: `n${n}` }));
    this.#store.save(founding(voters), () => {});
    this.raw = new RawNode({
      id: nodeId(id),
      storage: this.#store,
      electionTicks: 10,
      heartbeatTicks: 1,
      maxSizePerMsg: 1 << 20,
      maxCommittedSizePerReady: 1 << 24,
      maxInflightMsgs: 256,
      randomInt: () => 0,
    });
  }

  /** Writes, applies, and gives what is to be sent. */
  work(): readonly Message[] {
    const ready = this.raw.ready();
    const { hardState, entries, snapshot, committedEntries, messages } = ready;
    this.#store.save({ hardState, entries, snapshot }, () => {});
    for (const entry of committedEntries) {
      if (entry.kind !== "normal") this.raw.applyConfChange(decodeConfChange(entry.data));
      else this.applied++;
    }
    this.raw.advance(ready);
    return messages;
  }
}

class Trio {
  readonly members = [new Member(1), new Member(2), new Member(3)] as const;

  constructor() {
    this.settle();
    this.members[0].raw.campaign();
    this.settle();
  }

  /** Until nobody has anything to do. */
  settle(): void {
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (const member of this.members) {
        if (!member.raw.hasReady()) continue;
        isBusy = true;
        for (const message of member.work()) this.members[message.to - 1]?.raw.step(message);
      }
    }
  }
}

/**
 * Proposals a second: `batch` entries in each proposal, `inFlight` proposals before a settlement.
 */
function throughput(total: number, batch: number, inFlight: number): number {
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const trio = new Trio();
    const [leader] = trio.members;
    const payloads = Array.from({ length: batch }, () => PAYLOAD);
    const before = leader.applied;
    const started = performance.now();
    for (let done = 0; done < total; done += batch * inFlight) {
      for (let i = 0; i < inFlight; i++) leader.raw.propose(payloads);
      trio.settle();
    }
    rates.push((total / (performance.now() - started)) * 1_000);
    if (trio.members.some(({ applied }) => applied - before < total)) {
      throw new Error("a proposal is missing");
    }
  }
  return quantile(rates, 0.5);
}

/** Three logs that take the same entries: less than that no replication can do. */
function threeAppendsPerSecond(total: number): number {
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const logs: { index: number; term: number; data: Uint8Array }[][] = [[], [], []];
    const started = performance.now();
    for (let index = 0; index < total; index++) {
      for (const log of logs) log.push({ index, term: 1, data: PAYLOAD });
    }
    rates.push((total / (performance.now() - started)) * 1_000);
  }
  return quantile(rates, 0.5);
}

export const bench: Bench = {
  name: "raft",
  run(report) {
    const floor = threeAppendsPerSecond(200_000);
    const say = (name: string, value: number, budget?: number): void =>
      report(
        withFloor(
          { name, unit: "per-second", value, ...(budget === undefined ? {} : { budget }) },
          floor,
        ),
      );
    say("raft: 3 cores, 256 proposals as one", throughput(256 * 800, 256, 1), 1_000_000);
    say("raft: 3 cores, 64 separate in flight", throughput(64 * 800, 1, 64), 100_000);
    say("raft: 3 cores, one at a time", throughput(20_000, 1, 1));
  },
};
