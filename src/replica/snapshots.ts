// A replica's snapshots: when one is taken, what of the log goes then, how one comes from a leader,
// and which one a restart begins from.
//
// I1. The log is cut only behind a snapshot whose body is durable, at the one before the newest or
//     earlier: where the newest turns out bad, that one and the log stand in.
// I2. The core hears of a leader's snapshot when its body is durable here, and the machine takes it
//     in when the core did, before any entry behind it.
// I3. Whatever fails here leaves the log as it was.

import type { Message } from "../raft/message.ts";
import type { RawNode } from "../raft/raw-node.ts";
import type { Storage } from "../raft/storage.ts";
import type { ConfState, Snapshot } from "../raft/types.ts";
import { assert } from "../std/assert.ts";
import { type Index, index, type NodeId } from "../std/ids.ts";
import { err, ok } from "../std/result.ts";
import { decodeManifest } from "../storage/snapshot-codec.ts";
import type { Courier } from "./deliver.ts";
import { asError } from "./end.ts";
import type { Membership } from "./membership.ts";
import type { ReplicaCounters, ReplicaLimits, ReplicaOptions } from "./options.ts";
import type { Peers } from "./peers.ts";
import type { Persister } from "./persist.ts";
import { type ReadBody, readBody, type Surroundings, writeBody } from "./snapshot-body.ts";
import type { SnapshotAsk, SnapshotPart } from "./snapshot-codec.ts";
import { type Offer, SnapshotFetcher } from "./snapshot-fetcher.ts";
import { SnapshotSender } from "./snapshot-sender.ts";

export interface SnapshotsParts {
  readonly options: Pick<
    ReplicaOptions<unknown, unknown>,
    "clock" | "machine" | "snapshots" | "store" | "timers"
  >;
  readonly limits: ReplicaLimits;
  readonly courier: Courier;
  readonly counters: ReplicaCounters;
  readonly persister: Pick<Persister, "cut">;
  core(): RawNode | undefined;
  readonly peers: Peers;
  readonly membership: Membership;

  /** The core has something to do. */
  onStepped(): void;
  readonly beginning: {
    /** The log begins behind this place, and no state is left to go on from. */
    lackState(base: Index): void;
    /** A body that mends this log is here. */
    fetched(snapshot: Snapshot): void;
  };
  /** The machine has the state at this place. */
  onInstalled(at: Index): void;
  onFailed(reason: Error): void;
  isOver(): boolean;
}

interface Prepared extends ReadBody {
  readonly snapshot: Snapshot;
}

export class Snapshots {
  readonly #parts: SnapshotsParts;
  readonly #around: Surroundings;
  readonly #sender: SnapshotSender;
  readonly #fetcher: SnapshotFetcher;
  /** What this member's state and log go on from. */
  #newest: Snapshot | undefined;
  /** By place: the core took them, and the log begins behind them soon, one after the other. */
  readonly #prepared = new Map<Index, Prepared>();
  #isTaking = false;
  #isWanted = false;
  #entriesSince = 0;
  #bytesSince = 0;
  /** Of the entries between the newest one and the one before it. */
  #bytesBetween = 0;

  constructor(parts: SnapshotsParts) {
    this.#parts = parts;
    const { courier, counters, limits, options } = parts;
    const { clock, snapshots: store, timers } = options;
    this.#around = { store, clock, timers, isOver: () => parts.isOver() };
    const onDisk = (error: unknown): void => this.#onDisk(error);
    const onFailed = (to: NodeId): void => parts.core()?.reportSnapshot(to, false);
    this.#sender = new SnapshotSender({ store, courier, limits, onFailed, onDisk });
    const onWhole = (offer: Offer): void => this.#whole(offer);
    this.#fetcher = new SnapshotFetcher({ store, courier, counters, limits, onWhole, onDisk });
  }

  get newest(): Snapshot | undefined {
    return this.#newest;
  }

  /** The log as the core reads it. */
  get storage(): Storage {
    const { store } = this.#parts.options;
    return {
      initialState: () => {
        const { hardState, confState } = store.initialState();
        const at = this.#newest;
        if (at === undefined) return { hardState, confState };
        const commit = index(Math.max(hardState.commit, at.index));
        return { hardState: { ...hardState, commit }, confState: at.confState };
      },
      firstIndex: () => store.firstIndex(),
      lastIndex: () => store.lastIndex(),
      term: (at) => store.term(at),
      entries: (...range) => store.entries(...range),
      snapshot: () => this.#fresh(),
    };
  }

  /** Before the core begins: the newest state that is whole, and fits the log. */
  restore(done: () => void): void {
    const base = this.#base();
    const known = this.#parts.options.snapshots.list();
    if (base === 0 && known.length === 0) done();
    else {
      const onFailed = (error: unknown): void => this.#parts.onFailed(asError(error));
      this.#restore(known, base)
        .then((isWhole) => {
          if (this.#parts.isOver()) return;
          if (isWhole) done();
          else this.#parts.beginning.lackState(base);
        })
        .catch(onFailed);
    }
  }

  async #restore(known: readonly Snapshot[], base: Index): Promise<boolean> {
    const { machine } = this.#parts.options;
    for (const snapshot of known) {
      if (!this.#fits(snapshot, base)) continue;
      const read = await readBody(machine, this.#around, snapshot.index);
      if (this.#parts.isOver()) return false;
      if (read === undefined) continue;
      this.#install({ ...read, snapshot });
      return true;
    }
    return base === 0;
  }

  /** One that was fetched and never installed is no part of this log. */
  #fits({ index: at, term }: Snapshot, base: Index): boolean {
    const found = this.#parts.options.store.term(at);
    return at >= base && found.ok && found.value === term;
  }

  /** What the log begins behind. */
  #base(): Index {
    return index(this.#parts.options.store.firstIndex() - 1);
  }

  applied(bytes: number): void {
    this.#entriesSince++;
    this.#bytesSince += bytes;
  }

  /** At the end of a turn, when all of it is applied up to `at`. */
  look(at: Index): void {
    const { limits } = this.#parts;
    const isDue =
      this.#isWanted ||
      this.#entriesSince >= limits.snapshotEveryEntries ||
      this.#bytesSince >= limits.snapshotEveryBytes;
    if (isDue && !this.#isTaking && at > (this.#newest?.index ?? 0)) this.#take(at);
  }

  #take(at: Index): void {
    const { core, options, peers } = this.#parts;
    const term = options.store.term(at);
    const confState = core()?.basicStatus().confState;
    if (!term.ok || confState === undefined) return;
    this.#isTaking = true;
    this.#isWanted = false;
    this.#entriesSince = 0;
    this.#bytesBetween += this.#bytesSince;
    this.#bytesSince = 0;
    const what = { index: at, term: term.value, confState, addresses: peers.addresses };
    writeBody(options.machine.freeze(), this.#around, what).then(
      (snapshot) => this.#taken(snapshot),
      (error: unknown) => {
        this.#isTaking = false;
        this.#onDisk(error);
      },
    );
  }

  #taken(snapshot: Snapshot | undefined): void {
    this.#isTaking = false;
    const before = this.#newest;
    if (snapshot === undefined || snapshot.index <= (before?.index ?? 0)) return;
    this.#newest = snapshot;
    if (before !== undefined && !this.#isHeld(before)) this.#cut(before, snapshot);
    this.#bytesBetween = 0;
  }

  /** Not behind `before`, and with a window of entries before the newest one. */
  #cut(before: Snapshot, newest: Snapshot): void {
    const { limits, options, persister } = this.#parts;
    const isLarge = this.#bytesBetween >= limits.snapshotEveryBytes;
    const trailing = isLarge ? 0 : limits.trailingEntries;
    const at = index(Math.max(0, Math.min(before.index, newest.index - trailing)));
    const term = options.store.term(at);
    if (at > this.#base() && term.ok) persister.cut({ ...before, index: at, term: term.value });
  }

  /** Somebody gets an older one now, and will need the log behind it. */
  #isHeld({ index: at }: Snapshot): boolean {
    const { limits, options } = this.#parts;
    const oldest = this.#sender.oldest;
    const held = options.store.lastIndex() - this.#base();
    return oldest !== undefined && oldest < at && held < limits.heldEntries;
  }

  /** A snapshot that does not know its recipient as a member is of no use: then a new one is. */
  #fresh(): ReturnType<Storage["snapshot"]> {
    const confState = this.#parts.core()?.basicStatus().confState;
    const newest = this.#newest;
    if (newest !== undefined && isSameConf(newest.confState, confState)) return ok(newest);
    this.#isWanted = true;
    return err("temporarily-unavailable");
  }

  /** A leader's word of a snapshot. @throws MalformedError */
  offered(message: Message): void {
    const { from, snapshot } = message;
    if (snapshot !== undefined) this.#fetcher.offered({ from, snapshot, message }, this.#nowMs());
  }

  /** Another member's body, that mends this log. One at a time. @throws MalformedError */
  fetch(offer: Offer): void {
    if (!this.#fetcher.isBusy(this.#nowMs())) this.#fetcher.offered(offer, this.#nowMs());
  }

  /** What this member has for one that lacks entries, or a state of this place at least. */
  toLend(stateAt: Index | undefined): Snapshot | undefined {
    const [newest] = this.#parts.options.snapshots.list();
    if (stateAt !== undefined && stateAt > (newest?.index ?? 0)) this.#isWanted = true;
    return newest;
  }

  /** What is still to come of one that is not needed any more. */
  letGo(): void {
    this.#fetcher.stop();
  }

  asked(from: NodeId, ask: SnapshotAsk): void {
    this.#sender.asked(from, ask, this.#nowMs());
  }

  came(from: NodeId, part: SnapshotPart): void {
    this.#fetcher.came(from, part, this.#nowMs());
  }

  #whole({ message, snapshot }: Offer): void {
    if (message === undefined) this.#parts.beginning.fetched(snapshot);
    else this.#prepare(message, snapshot);
  }

  /** The body is here: the state beside the machine's, then the core, then the log. */
  #prepare(message: Message, snapshot: Snapshot): void {
    const { core, isOver, onFailed, options } = this.#parts;
    readBody(options.machine, this.#around, snapshot.index).then(
      (read) => {
        if (read === undefined || isOver()) return;
        core()?.step(message);
        const isTaken = core()?.pendingSnapshot === snapshot.index;
        if (isTaken) this.#prepared.set(snapshot.index, { ...read, snapshot });
        this.#parts.onStepped();
      },
      (error: unknown) => onFailed(asError(error)),
    );
  }

  /** The core took it, and the log begins behind it now. */
  installed({ index: at }: Snapshot): void {
    const prepared = this.#prepared.get(at);
    assert(prepared !== undefined, "a snapshot is installed that is prepared");
    this.#prepared.delete(at);
    this.#install(prepared);
  }

  #install({ addresses, intake, snapshot }: Prepared): void {
    intake.finish();
    this.#newest = snapshot;
    this.#entriesSince = 0;
    this.#bytesSince = 0;
    this.#parts.membership.restore(snapshot.confState, addresses);
    this.#parts.onInstalled(snapshot.index);
  }

  tick(): void {
    const status = this.#parts.core()?.status();
    if (status !== undefined) this.#sender.tick(this.#nowMs(), status.progress);
    this.#fetcher.tick(this.#nowMs());
  }

  stop(): void {
    this.#sender.stop();
    this.#fetcher.stop();
  }

  status():
    | { readonly index: Index; readonly bytes: number; readonly takenAtMs: number }
    | undefined {
    if (this.#newest === undefined) return;
    const { bytes, takenAtMs } = decodeManifest(this.#newest.data);
    return { index: this.#newest.index, bytes, takenAtMs };
  }

  #nowMs(): number {
    return this.#parts.options.clock.monotonicMs();
  }

  /** A full disk costs this snapshot; any other failure of a disk is the end (fsyncgate). */
  #onDisk(error: unknown): void {
    const isFull = error instanceof Error && "reason" in error && error.reason === "no-space";
    if (isFull || this.#parts.isOver()) return;
    this.#parts.onFailed(asError(error));
  }
}

const isSameConf = (a: ConfState, b: ConfState | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
