// One life of a member: the real core, driven as a replica drives it, on a disk that outlives it.
// Each call of the core is a step, after which the oracle looks.

import { decodeConfChange } from "../../../raft/codec.ts";
import type { ConfChange } from "../../../raft/conf-change.ts";
import { isLocalTarget, type Message } from "../../../raft/message.ts";
import { type BasicStatus, RawNode } from "../../../raft/raw-node.ts";
import type { Ready } from "../../../raft/ready.ts";
import type { ConfState, Entry } from "../../../raft/types.ts";
import { Persister } from "../../../replica/persist.ts";
import { index, type NodeId, type Term } from "../../../std/ids.ts";
import type { Prng } from "../../../std/prng.ts";
import { err } from "../../../std/result.ts";
import { createMemoryLogStore, type MemoryDisk } from "../../../storage/memory.ts";
import type { LogStore } from "../../../storage/port.ts";
import type { ProcessLife } from "../process-life.ts";
import { ChainMachine } from "./chain-machine.ts";
import { LogModel } from "./log-model.ts";
import type { CoreNetwork, Receiver } from "./network.ts";
import type { Oracle } from "./oracle.ts";
import type { CoreSwarm } from "./swarm.ts";

export const TICK_MS = 10;
const APPLY_DELAY_MAX_MS = 3;

export interface CoreProcessParts {
  readonly id: NodeId;
  readonly disk: MemoryDisk;
  /** Of every member, for the oracle. */
  readonly disks: ReadonlyMap<NodeId, MemoryDisk>;
  readonly life: ProcessLife;
  /** How many there were before it. */
  readonly lives: number;
  readonly random: Prng;
  readonly swarm: CoreSwarm;
  readonly network: CoreNetwork;
  readonly oracle: Oracle;
  readonly isCalm: () => boolean;
  readonly mark: (what: string) => void;
  readonly note: (line: () => string) => void;
  /** The term of the acknowledged entry in the log of the leader that it is sent to. */
  readonly leaderHas: (message: Message) => Term | undefined;
  /** It dies now, between two things that it does. */
  readonly die: () => void;
}

export class CoreProcess implements Receiver {
  readonly id: NodeId;
  readonly machine: ChainMachine = new ChainMachine();
  readonly #parts: CoreProcessParts;
  readonly #raw: RawNode;
  readonly #log: LogModel;
  readonly #store: LogStore;
  readonly #persister: Persister;
  #applies: Message[] = [];
  #isApplying = false;
  #isSaving = false;
  #isAwake = false;
  #isNewLeader = false;
  /** Context -> what it must not fall behind. */
  readonly #reads = new Map<string, number>();
  #nextRead = 1;

  constructor(parts: CoreProcessParts) {
    const { id, disk, life, oracle } = parts;
    this.id = id;
    this.#parts = parts;
    this.#store = this.#withFreshSnapshots(
      createMemoryLogStore({ disk, sync: (complete) => this.#fsync(complete) }),
    );
    this.#persister = new Persister({
      store: this.#store,
      onSaved: (responses) => this.#saved(responses),
      onFailure: () => {},
    });
    if (disk.snapshot.data.length > 0) this.machine.restore(disk.snapshot.data);
    oracle.hardState(id, disk.hardState);
    this.#log = new LogModel(disk);
    this.#raw = new RawNode(this.#config());
    this.#tickLater();
    life.timers.defer(() => this.#turn());
  }

  get status(): BasicStatus {
    return this.#raw.basicStatus();
  }

  /** Of an entry of its log, durable or not. */
  termAt(at: number): Term | undefined {
    return this.#log.term(at);
  }

  propose(payloads: readonly Uint8Array[]): void {
    this.#core((raw) => raw.propose(payloads));
  }

  change(change: ConfChange): void {
    this.#core((raw) => raw.proposeConfChange(change));
  }

  transfer(to: NodeId): void {
    this.#core((raw) => raw.transferLeader(to));
  }

  read(): void {
    // Unlike any that an earlier life of this member asked for: those may still be answered.
    const name = `${this.#parts.lives} ${this.#nextRead++}`;
    this.#reads.set(name, this.#parts.oracle.applied);
    const context = Uint8Array.from(name, (char) => char.charCodeAt(0));
    this.#core((raw) => raw.readIndex(context));
  }

  receive(message: Message): void {
    this.#parts.life.timers.defer(() => this.#core((raw) => raw.step(message)));
  }

  unreachable(id: NodeId): void {
    this.#parts.life.timers.defer(() => this.#core((raw) => raw.reportUnreachable(id)));
  }

  snapshotSent(id: NodeId, isInstalled: boolean): void {
    this.#parts.life.timers.defer(() => this.#core((raw) => raw.reportSnapshot(id, isInstalled)));
  }

  /**
   * A snapshot that does not know its recipient as a member is of no use to it: one from before the
   * last change of members is made anew, which takes its time.
   */
  #withFreshSnapshots(store: LogStore): LogStore {
    const { disk, life } = this.#parts;
    const snapshot: LogStore["snapshot"] = () => {
      const isFresh = isSameConf(disk.snapshot.confState, this.#raw.basicStatus().confState);
      if (isFresh || this.machine.applied === disk.snapshot.index) return store.snapshot();
      life.timers.defer(() => this.#compact());
      return err("temporarily-unavailable");
    };
    return new Proxy(store, {
      get: (target, name) => {
        if (name === "snapshot") return snapshot;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  #config(): ConstructorParameters<typeof RawNode>[0] {
    const { id, random, swarm, mark, note } = this.#parts;
    return {
      id,
      storage: this.#store,
      applied: this.machine.applied,
      electionTicks: swarm.electionTicks,
      heartbeatTicks: swarm.heartbeatTicks,
      asyncStorageWrites: swarm.asyncStorageWrites,
      preVote: swarm.preVote,
      checkQuorum: swarm.checkQuorum,
      stepDownOnRemoval: swarm.stepDownOnRemoval,
      shareCommitInVotes: true,
      disableProposalForwarding: swarm.disableProposalForwarding,
      maxSizePerMsg: swarm.maxSizePerMsg,
      maxCommittedSizePerReady: swarm.maxCommittedSizePerReady,
      maxInflightMsgs: swarm.maxInflightMsgs,
      ...(swarm.maxInflightBytes > 0 ? { maxInflightBytes: swarm.maxInflightBytes } : {}),
      ...(swarm.maxUncommittedEntriesSize > 0
        ? { maxUncommittedEntriesSize: swarm.maxUncommittedEntriesSize }
        : {}),
      randomInt: (limit) => random.below(limit),
      trace: (event) => {
        mark(event.kind);
        note(() => `${id} ${JSON.stringify(event)}`);
      },
    };
  }

  #tickLater(): void {
    const { life, random, swarm } = this.#parts;
    const drift = swarm.tickDrift === 0 ? 0 : random.below(2 * swarm.tickDrift) - swarm.tickDrift;
    life.timers.set(TICK_MS * (1 + drift / 100), () => {
      this.#tickLater();
      this.#core((raw) => raw.tick());
    });
  }

  #core(act: (raw: RawNode) => unknown): void {
    const before = this.#raw.basicStatus();
    act(this.#raw);
    this.#look(before, this.#raw.basicStatus());
    this.#wake();
  }

  #look(before: BasicStatus, after: BasicStatus): void {
    const { oracle, disks } = this.#parts;
    oracle.progress(before, after);
    if (after.softState.state !== "leader") return;
    const { term, commit } = after.hardState;
    oracle.leader(term, this.id);
    const wasLeader = before.softState.state === "leader" && before.hardState.term === term;
    if (!wasLeader) {
      this.#isNewLeader = true;
      oracle.elected(after, disks);
    } else if (commit > before.hardState.commit) {
      oracle.leaderCommits(after, this.#log.term(commit), disks);
    }
  }

  #wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    this.#parts.life.timers.defer(() => {
      this.#isAwake = false;
      this.#turn();
    });
  }

  #turn(): void {
    const { swarm, life } = this.#parts;
    while (life.state === "running" && this.#raw.hasReady()) {
      if (!swarm.asyncStorageWrites && this.#isSaving) return;
      const ready = this.#raw.ready();
      this.#record(ready);
      if (swarm.asyncStorageWrites) this.#handle(ready);
      else this.#save(ready);
    }
  }

  #record({ entries, snapshot, readStates }: Ready): void {
    const { oracle } = this.#parts;
    if (snapshot !== undefined) this.#log.restore(snapshot);
    for (const entry of entries) oracle.entry(entry, this.#log.append(entry));
    const wasElected = this.#isNewLeader;
    this.#isNewLeader = false;
    // It may have met its successor in the same turn.
    if (wasElected && this.status.softState.state === "leader") {
      oracle.leaderLog(this.status, this.#log.firstIndex, (at) => this.#log.term(at));
    }
    for (const { context, index: at } of readStates) {
      const name = String.fromCharCode(...context);
      const lowest = this.#reads.get(name);
      if (lowest === undefined) continue;
      this.#parts.mark("read answered");
      this.#reads.delete(name);
      oracle.read(this.id, index(lowest), at);
    }
  }

  #handle(ready: Ready): void {
    for (const message of ready.messages) if (!isLocalTarget(message.to)) this.#send(message);
    for (const message of ready.messages) {
      if (message.type === "storage-append") this.#persister.append(message);
      else if (message.type === "storage-apply") {
        this.#applies.push(message);
        this.#applyLater();
      }
    }
  }

  #send(message: Message): void {
    const { life, network, oracle, disk, random, swarm, isCalm, mark, die, leaderHas } =
      this.#parts;
    if (life.state === "dead") return;
    oracle.send(message, disk, leaderHas(message));
    network.send(message);
    if (isCalm() || !random.chance(swarm.faults.crashAfterSend)) return;
    mark("crash just after a send");
    die();
  }

  #fsync(complete: () => void): void {
    const { life, random, swarm, isCalm, mark } = this.#parts;
    const { fsyncMaxMs, stall, stallMaxMs } = swarm.disk;
    const isStalled = !isCalm() && random.chance(stall);
    if (isStalled) mark("an fsync stalls");
    // Elections need a broadcast to be much quicker than their time-out (§5.6): in calm it is.
    const mostMs = isCalm() ? Math.min(fsyncMaxMs, 1) : fsyncMaxMs;
    const delayMs = random.below((isStalled ? stallMaxMs : mostMs) + 1);
    if (delayMs === 0) complete();
    else life.timers.set(delayMs, complete);
  }

  #saved(responses: readonly Message[]): void {
    const { disk, oracle } = this.#parts;
    oracle.hardState(this.id, disk.hardState);
    for (const message of responses) {
      if (message.type === "storage-append-resp" && message.snapshot !== undefined) {
        this.#install(message.snapshot.data);
      }
      if (message.to === this.id) this.#core((raw) => raw.step(message));
      else this.#send(message);
    }
  }

  #install(data: Uint8Array): void {
    const { oracle, mark } = this.#parts;
    this.machine.restore(data);
    mark("snapshot installed");
    oracle.state(this.id, this.machine.applied, this.machine.hash);
  }

  #applyLater(): void {
    if (this.#isApplying) return;
    this.#isApplying = true;
    const { life, random } = this.#parts;
    life.timers.set(random.below(APPLY_DELAY_MAX_MS), () => {
      this.#isApplying = false;
      const message = this.#applies.shift();
      if (message === undefined) return;
      this.#apply(message.entries);
      for (const response of message.responses) this.#core((raw) => raw.step(response));
      if (this.#applies.length > 0) this.#applyLater();
    });
  }

  #apply(entries: readonly Entry[]): void {
    const { oracle, swarm } = this.#parts;
    for (const entry of entries) {
      // A snapshot came first.
      if (entry.index <= this.machine.applied) continue;
      oracle.apply(this.id, entry, this.status.hardState.term);
      this.machine.apply(entry);
      oracle.state(this.id, this.machine.applied, this.machine.hash);
      if (entry.kind !== "normal") {
        this.#core((raw) => raw.applyConfChange(decodeConfChange(entry.data)));
      }
      const every = swarm.compactEvery;
      if (every > 0 && entry.index % every === 0) this.#compact();
    }
  }

  #compact(): void {
    const { disk, mark } = this.#parts;
    const { applied } = this.machine;
    const term = this.#store.term(applied);
    if (!term.ok || applied <= disk.snapshot.index) return;
    mark("log compacted");
    disk.compact({
      index: applied,
      term: term.value,
      confState: this.#raw.basicStatus().confState,
      data: this.machine.encode(),
    });
  }

  /** Synchronous storage: write, send, apply, advance. */
  #save(ready: Ready): void {
    const { hardState, entries, snapshot, messages, committedEntries } = ready;
    this.#isSaving = true;
    this.#store.save({ hardState, entries, snapshot }, () => {
      const { disk, oracle } = this.#parts;
      oracle.hardState(this.id, disk.hardState);
      if (snapshot !== undefined) this.#install(snapshot.data);
      for (const message of messages) this.#send(message);
      this.#isSaving = false;
      if (this.#parts.life.state === "dead") return;
      this.#apply(committedEntries);
      this.#core((raw) => raw.advance(ready));
    });
  }
}

const isSameConf = (a: ConfState, b: ConfState): boolean => JSON.stringify(a) === JSON.stringify(b);
