// Before the core runs: a group is founded on a blank store; what rotted of a log or of its
// snapshots is made whole by what the others have.

import { RaftoralError } from "../errors.ts";
import { decodeConfChange } from "../raft/codec.ts";
import type { Snapshot } from "../raft/types.ts";
import type { Timer } from "../std/clock.ts";
import { type Index, index, type NodeId } from "../std/ids.ts";
import type { LogStore, StorageFailure } from "../storage/port.ts";
import { founding } from "./bootstrap.ts";
import type { Courier } from "./deliver.ts";
import { asError, failureError } from "./end.ts";
import { decodeAddresses } from "./entry-codec.ts";
import { encodeWanted, type Found } from "./mend-codec.ts";
import { type Lack, Mending } from "./mending.ts";
import type { MendingStatus, ReplicaLimits, ReplicaOptions } from "./options.ts";
import type { Peers } from "./peers.ts";
import { noBody, readAddresses } from "./snapshot-body.ts";
import type { Snapshots } from "./snapshots.ts";

export interface BeginningParts {
  readonly options: Pick<
    ReplicaOptions<unknown, never>,
    "bootstrap" | "self" | "snapshots" | "store" | "timers"
  >;
  readonly limits: Pick<ReplicaLimits, "mendRetryMs" | "mendTellMs">;
  readonly peers: Peers;
  readonly courier: Courier;
  snapshots(): Pick<Snapshots, "fetch" | "letGo" | "tick">;
  onReady(): void;
  onFailed(reason: Error): void;
  onMending(status: MendingStatus): void;
}

export class Beginning {
  readonly #parts: BeginningParts;
  #mending: Mending | undefined;
  #timer: Timer | undefined;
  #waitedMs = 0;

  constructor(parts: BeginningParts) {
    this.#parts = parts;
  }

  get isMending(): boolean {
    return this.#mending !== undefined;
  }

  start(): void {
    const { onReady, options } = this.#parts;
    const { bootstrap, store } = options;
    if (store.faulty.length > 0) this.#mendEntries(store.faulty);
    else if (bootstrap === undefined || !store.isBlank) onReady();
    else store.save(founding(bootstrap.voters), (failure) => this.#done(failure));
  }

  stop(): void {
    this.#timer?.cancel();
    this.#mending = undefined;
  }

  /** No state is left behind which the log begins: one of the others has a newer one. */
  lackState(base: Index): void {
    if (this.#hasOthers()) this.#startMending([], base);
    else this.#parts.onFailed(noBody(base));
  }

  /** What a peer has, or, as the leader, says is not to be. */
  found(from: NodeId, found: Found): void {
    const mending = this.#mending;
    if (mending === undefined) return;
    const isNew = mending.take(found);
    const { snapshot } = found;
    // Entries first: they may be on their way from somebody else.
    const isOfUse = snapshot !== undefined && mending.needs(snapshot);
    if (isOfUse && this.#waitedMs > 0) this.#parts.snapshots().fetch({ from, snapshot });
    if (isNew) this.#goOn(mending, from);
  }

  /** Its body is durable here. */
  fetched(snapshot: Snapshot): void {
    const mending = this.#mending;
    if (mending === undefined) return;
    mending.replace(snapshot);
    this.#goOn(mending);
  }

  #goOn(mending: Mending, from?: NodeId): void {
    if (!mending.isDone) {
      if (from !== undefined) this.#ask(from);
      return;
    }
    this.stop();
    this.#parts.snapshots().letGo();
    this.#parts.options.store.mend(mending.outcome(), (failure) => this.#done(failure));
  }

  #done(failure: StorageFailure | undefined): void {
    const { onFailed, onReady, options } = this.#parts;
    if (failure === undefined) onReady();
    else onFailed(failureError(options.self.name, failure));
  }

  #mendEntries(faulty: LogStore["faulty"]): void {
    if (this.#hasOthers()) this.#startMending(faulty);
    else {
      const first = faulty[0]?.index ?? 0;
      this.#parts.onFailed(
        new RaftoralError(
          "log-damaged",
          `${faulty.length} entries of the log from ${first} on are not what was written, and no ` +
            "other member has them. Look with `raftoral doctor`, and put back a copy of the " +
            "whole directory",
        ),
      );
    }
  }

  #startMending(faulty: LogStore["faulty"], stateAt?: Index): void {
    const { store } = this.#parts.options;
    const lack: Lack = {
      faulty,
      ...(stateAt === undefined ? {} : { stateAt }),
      hardState: store.initialState().hardState,
      termAt: (at) => {
        const found = store.term(at);
        return found.ok ? found.value : undefined;
      },
    };
    this.#waitedMs = 0;
    this.#mending = new Mending(lack);
    this.#tell();
    this.#askAll();
    this.#learnFromSnapshots();
  }

  /** The log that named the others may have been cut. Who is named is asked at the next retry. */
  #learnFromSnapshots(): void {
    const { onFailed, options, peers } = this.#parts;
    readAddresses(options.snapshots).then(
      (addresses) => {
        for (const { id, name } of addresses) {
          if (peers.name(id) === undefined) peers.setAddress(id, name);
        }
      },
      (error: unknown) => onFailed(asError(error)),
    );
  }

  /** By the log, as far as it can be read: an unreadable change of members may have named some. */
  #hasOthers(): boolean {
    const { self, store } = this.#parts.options;
    const { voters, learners } = store.initialState().confState;
    const named = new Set<NodeId>([...voters, ...learners]);
    for (let at: number = store.firstIndex(); at <= store.lastIndex(); at++) {
      const read = store.entries(index(at), index(at + 1), 0);
      const entry = read.ok ? read.value[0] : undefined;
      if (entry !== undefined && entry.kind !== "normal") this.#learn(entry.data, named);
    }
    const isUnsure = store.faulty.some(({ isConfChange }) => isConfChange);
    return isUnsure || [...named].some((id) => id !== self.id);
  }

  #learn(data: Uint8Array, named: Set<NodeId>): void {
    const { changes, context } = decodeConfChange(data);
    for (const { id, kind } of changes) {
      if (kind === "remove") named.delete(id);
      else named.add(id);
    }
    if (context === undefined || context.length === 0) return;
    for (const { id, name } of decodeAddresses(context)) this.#parts.peers.setAddress(id, name);
  }

  #askAll(): void {
    const { limits, options, peers } = this.#parts;
    for (const id of peers.known) if (id !== options.self.id) this.#ask(id);
    this.#timer = options.timers.set(limits.mendRetryMs, () => {
      this.#waitedMs += limits.mendRetryMs;
      if (this.#waitedMs % limits.mendTellMs === 0) this.#tell();
      this.#parts.snapshots().tick();
      this.#askAll();
    });
  }

  #ask(id: NodeId): void {
    const wanted = this.#mending?.wanted();
    if (wanted !== undefined) this.#parts.courier.send(id, "wanted", encodeWanted(wanted));
  }

  #tell(): void {
    const left = this.#mending?.left;
    if (left !== undefined) this.#parts.onMending({ ...left, waitedMs: this.#waitedMs });
  }
}
