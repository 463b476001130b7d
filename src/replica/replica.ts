// A group's part on this node: the one loop around its core.
//
// Every input (tick, message, proposal, finished write) only wakes the loop; one turn for all that
// came in one turn of the event loop. There is no polling.
// I1. Nothing from outside stops the loop: what is malformed, foreign or
//     refused is counted and dropped.
// I2. A broken invariant, a machine that throws on a committed entry, or a failed disk stop this
//     replica for good, with a reason; never the process. Nobody who waits is left without
//     an answer.
// I3. Entries are applied once, in order; the machine never sees one twice.

import type { RaftoralError } from "../errors.ts";
import type { Message } from "../raft/message.ts";
import type { RawNode } from "../raft/raw-node.ts";
import type { Ready } from "../raft/ready.ts";
import type { Timer } from "../std/clock.ts";
import { type Index, index, NONE, type NodeId, type Term, term } from "../std/ids.ts";
import { Applier } from "./apply.ts";
import { Beginning } from "./beginning.ts";
import { ConfChanges } from "./conf-changes.ts";
import { createCore } from "./core.ts";
import { Courier } from "./deliver.ts";
import type { End } from "./end.ts";
import { encodeReadContext, readRoundOf } from "./entry-codec.ts";
import { Gateway } from "./gateway.ts";
import { Inbox } from "./inbox.ts";
import { Life } from "./life.ts";
import { Membership } from "./membership.ts";
import { Notices } from "./notices.ts";
import {
  fittingLimits,
  type MemberChange,
  type Members,
  noCounters,
  type ReplicaCounters,
  type ReplicaLimits,
  type ReplicaOptions,
  type ReplicaStatus,
} from "./options.ts";
import { Peers } from "./peers.ts";
import { Proposals } from "./proposals.ts";
import { Publisher } from "./publish.ts";
import { ReadBarriers } from "./read-barriers.ts";
import { Reception } from "./reception.ts";
import { Room } from "./room.ts";
import { Snapshots } from "./snapshots.ts";
import { statusOf } from "./status.ts";

export class Replica<Reply, Event> {
  readonly counters: ReplicaCounters = noCounters();
  readonly #options: ReplicaOptions<Reply, Event>;
  readonly #life: Life;
  readonly limits: ReplicaLimits;
  readonly #peers: Peers;
  readonly #courier: Courier;
  readonly notices: Notices;
  readonly #room: Room;
  readonly #proposals: Proposals<Reply>;
  readonly #gateway: Gateway<Reply>;
  readonly #applier: Applier<Reply, Event>;
  readonly #reception: Reception;
  readonly #publisher: Publisher<Event>;
  readonly #membership: Membership;
  readonly #beginning: Beginning;
  readonly #snapshots: Snapshots;
  readonly #reads = new ReadBarriers();
  readonly #confChanges = new ConfChanges();
  #core: RawNode | undefined;
  #tickTimer: Timer | undefined;
  #isAwake = false;
  #term: Term = term(0);
  #leader: NodeId = NONE;
  #applied: Index = index(0);
  #isNewlyConfigured = false;

  constructor(options: ReplicaOptions<Reply, Event>) {
    const { self, clusterUuid, group, clock, origin, transport } = options;
    this.#options = options;
    this.limits = fittingLimits(options);
    this.#life = new Life({ name: self.name, onEnd: (end, why) => this.#ended(end, why) });
    const { counters } = this;
    this.#peers = new Peers(clock.monotonicMs());
    const sender = { clusterUuid, group, from: self.id };
    this.#courier = new Courier({ transport, peers: this.#peers, counters, sender });
    this.notices = new Notices({ clock, timers: options.timers, courier: this.#courier });
    const shared = {
      ...{ clock, courier: this.#courier, counters, limits: this.limits, peers: this.#peers },
      core: () => this.#core,
      onFailed: (reason: Error) => this.#life.fail(reason),
    };
    this.#publisher = new Publisher(options.subscriber, counters);
    this.#membership = new Membership(self.id, this.#peers);
    this.#proposals = new Proposals(this.limits);
    this.#beginning = new Beginning({
      ...shared,
      options,
      snapshots: () => this.#snapshots,
      onReady: () => this.#snapshots.restore(() => this.#life.guarded(() => this.#begin())),
      onMending: (status) => this.#publisher.mending(status),
    });
    this.#gateway = new Gateway({
      ...shared,
      self: self.id,
      origin,
      maxBodyBytes: transport.maxBodyBytes,
      proposals: this.#proposals,
      append: (entries) => this.#core?.propose(entries).ok === true,
    });
    this.#reception = new Reception({
      ...shared,
      options,
      inbox: new Inbox({ self: self.id, clusterUuid, group, counters }),
      beginning: this.#beginning,
      gateway: this.#gateway,
      notices: this.notices,
      proposals: this.#proposals,
      snapshots: () => this.#snapshots,
    });
    this.#room = new Room({
      ...shared,
      options,
      proposals: this.#proposals,
      onSaved: (responses) => this.#life.guarded(() => this.#respond(responses)),
      onRoom: (isFull) => this.#publisher.room(isFull),
    });
    this.#snapshots = new Snapshots({
      ...shared,
      ...{ options, persister: this.#room.persister },
      ...{ beginning: this.#beginning, membership: this.#membership },
      onStepped: () => this.#wake(),
      onInstalled: (at) => this.#installed(at),
      isOver: () => this.#life.isOver,
    });
    this.#applier = new Applier({
      machine: options.machine,
      origin,
      onOwn: (sequence, reply) => {
        if (!this.#proposals.settle(sequence, reply)) counters.duplicates++;
      },
      onOther: (other, sequence) => this.#gateway.applied(other, sequence),
      isTrackingOthers: () => this.#gateway.isTracking,
    });
  }

  start(): void {
    for (const part of [this.#room, this.#beginning]) this.#life.guarded(() => part.start());
  }

  /**
   * The machine's reply, from this node's own apply, whoever leads. Waits as long as it takes:
   * rejects only by `payload-too-large`, `overloaded` (nothing was proposed), `disk-full`,
   * `node-stopped` or `node-failed`. `isUrgent`: a full disk does not keep it back.
   */
  propose(command: Uint8Array, how?: { readonly isUrgent: boolean }): Promise<Reply> {
    const refusal = this.#life.refusal ?? (how?.isUrgent ? undefined : this.#room.refusal());
    if (refusal !== undefined) return Promise.reject(refusal);
    this.#wake();
    return this.#proposals.propose(command);
  }

  /**
   * As `propose`, for those who learn of the outcome from the state. `onOver`: it has one, or none.
   * @throws RaftoralError `payload-too-large`
   */
  submit(command: Uint8Array, onOver?: () => void): "accepted" | "overloaded" {
    if (this.#life.isOver || this.#room.refusal() !== undefined) return "overloaded";
    this.#wake();
    return this.#proposals.submit(command, onOver);
  }

  /** Settles when this node's state holds all that was acknowledged anywhere before the call. */
  readBarrier(): Promise<void> {
    if (this.#life.refusal !== undefined) return Promise.reject(this.#life.refusal);
    this.#wake();
    return this.#reads.wait();
  }

  /**
   * On the leader only, and one at a time: the members after it was applied. Rejects by `no-leader`
   * or `overloaded`, both worth another look; never offered again by itself.
   */
  proposeConfChange(change: MemberChange): Promise<Members> {
    if (this.#life.refusal !== undefined) return Promise.reject(this.#life.refusal);
    this.#wake();
    return this.#confChanges.propose(this.#core, change, this.#options.self.name);
  }

  /** Asks; whether it comes to pass shows in the status. */
  transferLeadership(to: NodeId): void {
    this.#input((core) => core.transferLeader(to));
  }

  /** Stands for election at once. */
  campaign(): void {
    this.#input((core) => core.campaign());
  }

  /** Where a member is reached. Names in the log and on messages are learned too. */
  setAddress(id: NodeId, name: string): void {
    this.#peers.setAddress(id, name);
  }

  /** A message that came for this replica's group, by the transport's name of who sent it. */
  receive(from: string, body: Uint8Array): void {
    this.#life.guarded(() => this.#reception.receive(from, body));
    this.#wake();
  }

  /** The transport says that nobody listens under this name. */
  undelivered(to: string): void {
    this.#input(() => this.#reception.undelivered(to));
  }

  status(): ReplicaStatus {
    return statusOf({
      self: this.#options.self,
      core: this.#core?.status(),
      end: this.#life.end,
      isMending: this.#beginning.isMending,
      isFull: this.#room.isFull,
      peers: this.#peers,
      firstIndex: this.#options.store.firstIndex(),
      snapshot: this.#snapshots.status(),
      pending: this.#proposals,
    });
  }

  /** What is left of a full disk's room is for what must be written: to start, or to leave. */
  openReserve(isOpen: boolean): void {
    this.#room.isReserveOpen = isOpen;
  }

  /** At once. Whoever waits is told; what was proposed may still be applied by the others. */
  stop(): void {
    this.#life.stop();
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #begin(): void {
    const { self, store } = this.#options;
    this.#peers.setAddress(self.id, self.name);
    const from = { applied: this.#applied, storage: this.#snapshots.storage };
    this.#core = createCore(this.#options, this.limits, from);
    this.#term = store.initialState().hardState.term;
    this.#armTick();
    this.#wake();
  }

  #armTick(): void {
    this.#tickTimer = this.#options.timers.set(this.limits.tickMs, () => this.#tick());
  }

  #tick(): void {
    this.#armTick();
    this.#input((core) => {
      core.tick();
      this.#reception.tick(this.#leader);
      const nowMs = this.#nowMs();
      this.counters.retried += this.#proposals.tick(nowMs);
      this.#reads.expire(nowMs - this.limits.readRetryMs);
      this.#snapshots.tick();
      this.#room.tick();
    });
  }

  #input(act: (core: RawNode) => void): void {
    const core = this.#core;
    if (core === undefined) return;
    this.#life.guarded(() => act(core));
    this.#wake();
  }

  #wake(): void {
    if (this.#isAwake || this.#life.isOver) return;
    this.#isAwake = true;
    this.#options.timers.defer(() => {
      this.#isAwake = false;
      this.#life.guarded(() => this.#turn());
    });
  }

  #turn(): void {
    const core = this.#core;
    if (core === undefined) return;
    const enough = this.#applier.bytes + this.limits.applyBytes;
    for (let i = 0; i < this.limits.readiesPerTurn && this.#applier.bytes < enough; i++) {
      if (!core.hasReady()) this.#offer(core);
      if (!core.hasReady()) break;
      this.#handle(core, core.ready());
      if (this.#life.isOver) return;
    }
    if (this.#isNewlyConfigured) this.#standIfAlone(core);
    if (core.hasReady()) this.#wake();
    this.#snapshots.look(this.#applied);
    this.#publisher.flush();
  }

  /** What waited for its turn, and has somewhere to go. */
  #offer(core: RawNode): void {
    const leader = this.#leader === NONE ? undefined : this.#leader;
    if (this.#gateway.hasWork) this.#gateway.place(leader);
    if (leader === undefined || !this.#reads.hasFresh) return;
    const round = this.#reads.begin(this.#nowMs());
    core.readIndex(encodeReadContext(this.#options.origin, round));
  }

  #handle(core: RawNode, ready: Ready): void {
    this.#notice(ready);
    for (const { context, index: at } of ready.readStates) {
      this.#reads.confirm(readRoundOf(context, this.#options.origin), at);
    }
    // Out before the own disk: a leader's appends wait for no fsync of its own (thesis §10.2.1).
    this.notices.send(ready.messages);
    for (const message of ready.messages) {
      if (message.type === "storage-append") this.#room.persister.append(message);
      else if (message.type === "storage-apply") this.#apply(core, message);
    }
    this.#reads.applied(this.#applied);
  }

  #notice({ hardState, softState }: Ready): void {
    const leader = softState?.leader ?? this.#leader;
    const newTerm = hardState?.term ?? this.#term;
    if (leader === this.#leader && newTerm === this.#term) return;
    if (leader !== this.#leader) this.#publisher.leader(leader);
    this.#leader = leader;
    this.#term = newTerm;
    this.#confChanges.leaderChanged();
    if (leader === NONE) return;
    this.#gateway.leaderChanged();
    this.#reads.expire(this.#nowMs());
    // Followers hear nothing of each other: a new leader cannot hold their silence against them.
    if (leader === this.#options.self.id) this.#peers.grace(this.#nowMs());
  }

  #respond(responses: readonly Message[]): void {
    for (const message of responses) {
      const isInstalled = message.type === "storage-append-resp" && message.snapshot !== undefined;
      if (isInstalled) this.#snapshots.installed(message.snapshot);
      if (message.to === this.#options.self.id) this.#core?.step(message);
      else this.#courier.raft(message);
    }
    this.#wake();
  }

  #apply(core: RawNode, message: Message): void {
    for (const entry of message.entries) {
      if (entry.kind === "normal") this.#applier.apply(entry, this.#publisher.events);
      else {
        this.#membership.apply(entry, core, this.#nowMs());
        this.#publisher.members(this.#membership.members);
        this.#isNewlyConfigured = true;
      }
      this.#applied = entry.index;
      this.#snapshots.applied(entry.data.length);
      this.#confChanges.applied(entry, this.#membership.members);
    }
    this.#respond(message.responses);
  }

  #installed(at: Index): void {
    this.#applied = at;
    this.#publisher.restored(this.#membership.members);
    this.#isNewlyConfigured = true;
  }

  /** A sole voter waits for nobody: it stands as soon as it knows that it is alone. */
  #standIfAlone(core: RawNode): void {
    this.#isNewlyConfigured = false;
    if (this.#membership.isAlone && this.#leader === NONE) core.campaign();
  }

  #ended({ reason }: End, refusal: RaftoralError): void {
    this.#tickTimer?.cancel();
    for (const part of [this.#beginning, this.notices, this.#snapshots]) part.stop();
    this.#options.store.close();
    for (const it of [this.#proposals, this.#reads, this.#confChanges]) it.failAll(refusal);
    if (reason !== undefined) this.#publisher.failed(reason);
  }
}
