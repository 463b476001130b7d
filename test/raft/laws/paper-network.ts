// Members whose logs begin at 1, as in the figures of the paper, and the wires between them. Who
// is named in a configuration but is not in the network is dead.

import { decodeConfChange } from "../../../src/raft/codec.ts";
import type { RaftConfig } from "../../../src/raft/config.ts";
import { type Message, type MessageType, message } from "../../../src/raft/message.ts";
import { RawNode } from "../../../src/raft/raw-node.ts";
import type { Ready } from "../../../src/raft/ready.ts";
import type { TraceEvent } from "../../../src/raft/trace.ts";
import type { Entry, HardState, StateName } from "../../../src/raft/types.ts";
import { utf8 } from "../../../src/std/bytes.ts";
import { index, type NodeId, nodeId, term } from "../../../src/std/ids.ts";
import { createMemoryLogStore, MemoryDisk } from "../../../src/storage/memory.ts";

export const ELECTION_TICKS = 10;

export type Options = Partial<Omit<RaftConfig, "id" | "storage">>;
type Ids = readonly number[];

/** What a member finds on its disk. Default: one of three, and nothing has happened yet. */
export interface Begin {
  readonly voters?: Ids;
  readonly learners?: Ids;
  readonly term?: number;
  readonly vote?: number;
  readonly commit?: number;
  /** The terms of its entries, from the first one on. */
  readonly log?: Ids;
}

const NO_DATA: Uint8Array = new Uint8Array(0);

export const entry = (at: number, ofTerm: number, data = NO_DATA): Entry => ({
  kind: "normal",
  index: index(at),
  term: term(ofTerm),
  data,
});

/** Entries of these terms that follow `after`. */
export const entriesOf = (terms: Ids, after = 0): Entry[] =>
  terms.map((ofTerm, i) => entry(after + 1 + i, ofTerm));

/** The fields of a message as bare numbers. */
export interface Said {
  readonly type: MessageType;
  readonly term?: number;
  readonly index?: number;
  readonly logTerm?: number;
  readonly commit?: number;
  readonly entries?: readonly Entry[];
  readonly reject?: boolean;
  readonly rejectHint?: number;
}

export class Peer {
  readonly id: NodeId;
  readonly disk = new MemoryDisk();
  readonly applied: Entry[] = [];
  readonly events: TraceEvent[] = [];
  node: RawNode;

  constructor(id: number, begin: Begin = {}, options: Options = {}) {
    this.id = nodeId(id);
    const { voters = [1, 2, 3], learners = [], log = [], vote = 0, commit = 0 } = begin;
    const hardState = {
      term: term(begin.term ?? log.at(-1) ?? 0),
      vote: nodeId(vote),
      commit: index(commit),
    };
    const confState = {
      voters: voters.map(nodeId),
      learners: learners.map(nodeId),
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
    };
    const snapshot = { index: index(0), term: term(0), confState, data: NO_DATA };
    this.disk.begin({ hardState, entries: entriesOf(log), snapshot });
    this.disk.sync();
    this.node = this.#start(options);
  }

  #start(options: Options): RawNode {
    return new RawNode({
      electionTicks: ELECTION_TICKS,
      heartbeatTicks: 1,
      maxSizePerMsg: Number.POSITIVE_INFINITY,
      maxInflightMsgs: 256,
      randomInt: () => 0,
      trace: (event) => this.events.push(event),
      ...options,
      id: this.id,
      storage: createMemoryLogStore({ disk: this.disk }),
    });
  }

  /** Another process on the same disk. */
  restart(options: Options): void {
    this.applied.length = 0;
    this.node = this.#start(options);
  }

  get state(): StateName {
    return this.node.basicStatus().softState.state;
  }

  get leader(): NodeId {
    return this.node.basicStatus().softState.leader;
  }

  get hardState(): HardState {
    return this.node.basicStatus().hardState;
  }

  get term(): number {
    return this.hardState.term;
  }

  /** The terms of all that is durable. */
  get log(): number[] {
    return this.disk.entries.map((one) => one.term);
  }

  tick(times: number): void {
    for (let i = 0; i < times; i++) this.node.tick();
  }

  propose(text: string): void {
    this.node.propose([utf8(text)]);
  }

  /** A message of `from`: of this member's term unless it says otherwise. */
  hear(from: number, { type, ...said }: Said): void {
    this.node.step(
      message({
        type,
        to: this.id,
        from: nodeId(from),
        term: term(said.term ?? this.term),
        index: index(said.index ?? 0),
        logTerm: term(said.logTerm ?? 0),
        commit: index(said.commit ?? 0),
        entries: said.entries ?? [],
        reject: said.reject ?? false,
        rejectHint: index(said.rejectHint ?? 0),
      }),
    );
  }

  /** One Ready is written and applied; what it promised itself comes with `advance`. */
  write(): Ready {
    const ready = this.node.ready();
    this.disk.begin(ready);
    this.disk.sync();
    for (const one of ready.committedEntries) {
      this.applied.push(one);
      if (one.kind !== "normal") this.node.applyConfChange(decodeConfChange(one.data));
    }
    return ready;
  }

  /** All that waits is done. Returns what is to be sent. */
  run(): Message[] {
    const sent: Message[] = [];
    while (this.node.hasReady()) {
      const ready = this.write();
      sent.push(...ready.messages);
      this.node.advance(ready);
    }
    return sent;
  }
}

/** Member 1 in a state, by what others said to it. Its term is that of `begin`; default 1. */
export function peerAs(state: StateName, begin: Begin = {}, options: Options = {}): Peer {
  const inTerm = begin.term ?? 1;
  const isElected = state === "candidate" || state === "leader";
  const peer = new Peer(1, { ...begin, term: isElected ? inTerm - 1 : inTerm }, options);
  if (state !== "follower") peer.node.campaign();
  peer.run();
  const { voters } = peer.node.basicStatus().confState;
  const grant = (type: MessageType, ofTerm: number): void => {
    for (const id of voters) if (id !== peer.id) peer.hear(id, { type, term: ofTerm });
    peer.run();
  };
  if (isElected && peer.state === "pre-candidate") grant("pre-vote-resp", inTerm);
  if (state === "leader") grant("vote-resp", inTerm);
  if (peer.state !== state) throw new Error(`${peer.state} where ${state} was wanted`);
  return peer;
}

export class Network {
  readonly peers: readonly Peer[];
  #loses: ((m: Message) => boolean)[] = [];

  constructor(peers: readonly Peer[]) {
    this.peers = peers;
  }

  get(id: number): Peer {
    const found = this.peers.find((one) => one.id === id);
    if (found === undefined) throw new Error(`nobody is ${id}`);
    return found;
  }

  get leaders(): Ids {
    return this.peers.filter(({ state }) => state === "leader").map(({ id }) => id);
  }

  lose(which: (m: Message) => boolean): void {
    this.#loses.push(which);
  }

  cut(a: number, b: number): void {
    this.lose(({ from, to }) => (from === a && to === b) || (from === b && to === a));
  }

  isolate(id: number): void {
    this.lose(({ from, to }) => from === id || to === id);
  }

  heal(): void {
    this.#loses = [];
  }

  /** Everyone runs, and every message arrives that is not lost, until nothing is left. */
  settle(): void {
    for (let rounds = 0; rounds < 1000; rounds++) {
      const sent = this.peers.flatMap((one) => one.run());
      if (sent.length === 0) return;
      for (const m of sent) {
        if (this.#loses.some((isLost) => isLost(m))) continue;
        this.peers.find(({ id }) => id === m.to)?.node.step(m);
      }
    }
    throw new Error("they never come to rest");
  }

  campaign(id: number): Peer {
    const peer = this.get(id);
    peer.node.campaign();
    this.settle();
    return peer;
  }

  /** Time passes for one member alone, tick by tick. */
  tick(id: number, times: number): void {
    for (let i = 0; i < times; i++) {
      this.get(id).node.tick();
      this.settle();
    }
  }
}

/** Members 1 to `size`, who know each other. */
export function network(size: number, options: Options = {}): Network {
  const voters = Array.from({ length: size }, (_, i) => i + 1);
  return new Network(voters.map((id) => new Peer(id, { voters }, options)));
}
