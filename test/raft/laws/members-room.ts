// Members on a disk each, and a network that loses what a test wants lost. Time passes where a
// test says so; everyone's election time-out is the same, but for those that a test sets.

import { decodeConfChange } from "../../../src/raft/codec.ts";
import type { ConfChange } from "../../../src/raft/conf-change.ts";
import type { RaftConfig } from "../../../src/raft/config.ts";
import { type Message, message } from "../../../src/raft/message.ts";
import { RawNode } from "../../../src/raft/raw-node.ts";
import type { ReadState } from "../../../src/raft/read-only.ts";
import type { Ready } from "../../../src/raft/ready.ts";
import type { StepError } from "../../../src/raft/step.ts";
import type { TraceEvent } from "../../../src/raft/trace.ts";
import type { ConfState, Entry, Snapshot, StateName } from "../../../src/raft/types.ts";
import { utf8 } from "../../../src/std/bytes.ts";
import { type Index, index, NONE, type NodeId, nodeId, term } from "../../../src/std/ids.ts";
import type { Result } from "../../../src/std/result.ts";
import { createMemoryLogStore, MemoryDisk } from "../../../src/storage/memory.ts";

export const ELECTION_TICKS = 10;
/** Where everyone's log begins: a snapshot of the first configuration. */
export const START = index(3);

export type Options = Partial<Omit<RaftConfig, "id" | "storage">>;
type Ids = readonly number[];

export function confState(of: {
  readonly voters: Ids;
  readonly votersOutgoing?: Ids;
  readonly learners?: Ids;
  readonly learnersNext?: Ids;
  readonly autoLeave?: boolean;
}): ConfState {
  return {
    voters: of.voters.map(nodeId),
    votersOutgoing: (of.votersOutgoing ?? []).map(nodeId),
    learners: (of.learners ?? []).map(nodeId),
    learnersNext: (of.learnersNext ?? []).map(nodeId),
    autoLeave: of.autoLeave ?? false,
  };
}

export const snapshotOf = (conf: ConfState, at: number = START, inTerm = 1): Snapshot => ({
  index: index(at),
  term: term(inTerm),
  confState: conf,
  data: new Uint8Array(0),
});

export class LawMember {
  readonly id: NodeId;
  readonly disk = new MemoryDisk();
  readonly #options: Options;
  node: RawNode;
  readonly events: TraceEvent[] = [];
  readonly applied: Entry[] = [];
  readonly readStates: ReadState[] = [];
  /** After each change that was applied. */
  #conf: ConfState;

  /** No `snapshot`: a member that knows of nobody. */
  constructor(id: number, snapshot: Snapshot | undefined, options: Options = {}) {
    this.id = nodeId(id);
    this.#options = options;
    this.disk.begin({
      hardState: {
        term: term(snapshot?.term ?? 0),
        vote: NONE,
        commit: index(snapshot?.index ?? 0),
      },
      entries: [],
      snapshot,
    });
    this.disk.sync();
    this.#conf = this.disk.snapshot.confState;
    this.node = this.#start(this.disk.snapshot.index);
  }

  #start(applied: Index): RawNode {
    return new RawNode({
      electionTicks: ELECTION_TICKS,
      heartbeatTicks: 1,
      maxSizePerMsg: Number.POSITIVE_INFINITY,
      maxInflightMsgs: 256,
      randomInt: () => 0,
      trace: (event) => this.events.push(event),
      ...this.#options,
      applied,
      id: this.id,
      storage: createMemoryLogStore({ disk: this.disk }),
    });
  }

  /** The process dies, and another one begins on the same disk, at its snapshot. */
  restart(): void {
    this.applied.length = 0;
    this.#conf = this.disk.snapshot.confState;
    this.node = this.#start(this.disk.snapshot.index);
  }

  get state(): StateName {
    return this.node.basicStatus().softState.state;
  }
  get leader(): NodeId {
    return this.node.basicStatus().softState.leader;
  }
  get term(): number {
    return this.node.basicStatus().hardState.term;
  }
  get commit(): Index {
    return this.node.basicStatus().hardState.commit;
  }
  get lastIndex(): Index {
    return this.node.basicStatus().lastIndex;
  }
  get transferee(): NodeId {
    return this.node.basicStatus().transferee;
  }
  get confState(): ConfState {
    return this.node.basicStatus().confState;
  }

  tick(times: number): void {
    for (let i = 0; i < times; i++) this.node.tick();
  }

  propose(text: string): Result<void, StepError> {
    return this.node.propose([utf8(text)]);
  }

  change(cc: ConfChange): Result<void, StepError> {
    return this.node.proposeConfChange(cc);
  }

  /** A message of `from`, of this member's own term unless `fields` says otherwise. */
  hear(from: number, fields: Partial<Message> & Pick<Message, "type">): Result<void, StepError> {
    const own = term(this.term);
    return this.node.step(message({ to: this.id, term: own, ...fields, from: nodeId(from) }));
  }

  /** One Ready is written and applied. Returns what it held. */
  runOnce(): Ready {
    const ready = this.node.ready();
    this.disk.begin(ready);
    this.disk.sync();
    if (ready.snapshot !== undefined) this.#conf = ready.snapshot.confState;
    this.readStates.push(...ready.readStates);
    for (const entry of ready.committedEntries) this.#apply(entry);
    this.node.advance(ready);
    return ready;
  }

  /** All that waits is done. Returns what is to be sent. */
  run(): Message[] {
    const sent: Message[] = [];
    while (this.node.hasReady()) sent.push(...this.runOnce().messages);
    return sent;
  }

  #apply(entry: Entry): void {
    this.applied.push(entry);
    if (entry.kind === "normal") return;
    this.#conf = this.node.applyConfChange(decodeConfChange(entry.data));
  }

  /** Only a snapshot of what is applied is left of the log. */
  compact(): void {
    const last = this.applied.at(-1);
    if (last === undefined || last.index <= this.disk.snapshot.index) return;
    const { index: at, term: inTerm } = last;
    this.disk.compact(snapshotOf(this.#conf, at, inTerm));
  }
}

export class Room {
  readonly members: LawMember[];
  /** All that was ever sent, lost or not. */
  readonly sent: Message[] = [];
  /** What the network loses. */
  loses: (m: Message) => boolean = () => false;

  constructor(members: readonly LawMember[]) {
    this.members = [...members];
  }

  get(id: number): LawMember {
    const found = this.members.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no member ${id}`);
    return found;
  }

  get leaders(): readonly NodeId[] {
    return this.members.filter(({ state }) => state === "leader").map(({ id }) => id);
  }

  cut(id: number): void {
    this.loses = ({ from, to }) => from === id || to === id;
  }

  heal(): void {
    this.loses = () => false;
  }

  /** Everyone runs, and every message arrives that is not lost, until nothing is left. */
  settle(): void {
    for (let rounds = 0; rounds < 1000; rounds++) {
      const sent = this.members.flatMap((one) => one.run());
      if (sent.length === 0) return;
      for (const m of sent) this.#deliver(m);
    }
    throw new Error("they never come to rest");
  }

  #deliver(m: Message): void {
    this.sent.push(m);
    if (this.loses(m)) return;
    this.members.find(({ id }) => id === m.to)?.node.step(m);
  }

  elect(id: number): LawMember {
    const one = this.get(id);
    one.node.campaign();
    this.settle();
    if (one.state !== "leader") throw new Error(`${id} was not elected`);
    return one;
  }

  /** Time passes for one member, and what comes of it is seen to. */
  tick(id: number, times = 1): void {
    for (let i = 0; i < times; i++) {
      this.get(id).tick(1);
      this.settle();
    }
  }
}

/**
 * A room of those who are in `conf`, all of whom know it; `strangers` have the same beginning of
 * the log, and are in no configuration yet.
 */
export function room(conf: ConfState, options: Options = {}, strangers: Ids = []): Room {
  const ids = new Set([...conf.voters, ...conf.votersOutgoing, ...conf.learners, ...strangers]);
  return new Room([...ids].map((id) => new LawMember(id, snapshotOf(conf), options)));
}

export const roomOf = (voters: Ids, options: Options = {}, strangers: Ids = []): Room =>
  room(confState({ voters }), options, strangers);
