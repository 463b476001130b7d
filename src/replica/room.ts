// What a replica does while its disk is full.
//
// I1. Nothing that was acknowledged is touched, and nothing is acknowledged that is not safe: a
//     save without room waits, and with it all that stands on it.
// I2. Nothing new is taken from this node's users; whoever waits is told. What must be written all
//     the same (while it starts or leaves) may use the store's reserve.
// I3. It does not lead where another can. It tries again by itself, for as long as it takes.

import { DiskFull, type RaftoralError } from "../errors.ts";
import type { Message } from "../raft/message.ts";
import type { RawNode } from "../raft/raw-node.ts";
import type { Clock } from "../std/clock.ts";
import type { NodeId } from "../std/ids.ts";
import type { LogStore, StorageFailure, StoreListener } from "../storage/port.ts";
import { failureError } from "./end.ts";
import type { Address, ReplicaLimits } from "./options.ts";
import type { Peers } from "./peers.ts";
import { Persister } from "./persist.ts";
import type { Proposals } from "./proposals.ts";
import { membersOf } from "./status.ts";

export interface RoomParts {
  readonly options: { readonly self: Address; readonly store: LogStore };
  readonly clock: Clock;
  readonly limits: Pick<ReplicaLimits, "roomRetryMs">;
  readonly peers: Peers;
  readonly proposals: Pick<Proposals<unknown>, "answerAll">;
  core(): RawNode | undefined;
  onSaved(responses: readonly Message[]): void;
  onFailed(reason: Error): void;
  onRoom(isFull: boolean): void;
}

/** Whoever leads with a full disk offers the office at first again after one retry, then seldom. */
const HAND_OVER_FACTOR_MAX = 256;
/** A voter heard of within this can take the office. */
const ACTIVE_MS = 1_000;

export class Room {
  readonly persister: Persister;
  /** Open at first: a node announces itself before it takes anything. */
  isReserveOpen = true;
  readonly #parts: RoomParts;
  readonly #listener: StoreListener;
  #wasFull = false;
  #lookAtMs = 0;
  #handOverAtMs = 0;
  #handOverFactor = 1;

  constructor(parts: RoomParts) {
    this.#parts = parts;
    const { onFailed, onSaved, options, proposals } = parts;
    const { self, store } = options;
    const onFailure = (failure: StorageFailure): void => onFailed(failureError(self.name, failure));
    this.persister = new Persister({
      store,
      onSaved: (responses) => {
        onSaved(responses);
        this.#look();
      },
      onFailure,
      onNoSpace: () => {
        proposals.answerAll(taken(self.name));
        this.#look();
      },
      mayUseReserve: () => this.isReserveOpen,
    });
    this.#listener = { onFailure, onRoom: () => this.#look() };
  }

  /** The disk may have failed before: then that is told at once. */
  start(): void {
    this.#parts.options.store.listen(this.#listener);
  }

  get isFull(): boolean {
    return this.#parts.options.store.isFull || this.persister.isWaiting;
  }

  /** Why nothing is taken now. */
  refusal(): RaftoralError | undefined {
    return this.isFull && !this.isReserveOpen ? full(this.#parts.options.self.name) : undefined;
  }

  tick(): void {
    // It may have been full before anybody listened.
    this.#look();
    const { clock, limits, options } = this.#parts;
    const nowMs = clock.monotonicMs();
    if (!this.isFull || nowMs < this.#lookAtMs) return;
    this.#lookAtMs = nowMs + limits.roomRetryMs;
    options.store.lookForRoom();
    this.persister.retry();
    this.#handOver(nowMs);
  }

  #look(): void {
    if (this.isFull === this.#wasFull) return;
    this.#wasFull = this.isFull;
    if (!this.isFull) this.#handOverFactor = 1;
    this.#parts.onRoom(this.isFull);
  }

  /** All may be full: then the office must not go round for ever, since each term takes room. */
  #handOver(nowMs: number): void {
    const { core, limits } = this.#parts;
    const heir = this.#heir(nowMs);
    if (heir === undefined || nowMs < this.#handOverAtMs) return;
    this.#handOverAtMs = nowMs + limits.roomRetryMs * this.#handOverFactor;
    this.#handOverFactor = Math.min(this.#handOverFactor * 2, HAND_OVER_FACTOR_MAX);
    core()?.transferLeader(heir);
  }

  /** The voter that is furthest, of those that answer; undefined: this one does not lead. */
  #heir(nowMs: number): NodeId | undefined {
    const { core, options, peers } = this.#parts;
    const status = core()?.status();
    if (status?.softState.state !== "leader") return;
    const { progress } = status;
    const able = membersOf(status.confState).voters.filter(
      (id) => id !== options.self.id && nowMs - peers.signs(id).lastHeardMs < ACTIVE_MS,
    );
    const match = (id: NodeId): number => progress.get(id)?.match ?? 0;
    return able.sort((a, b) => match(b) - match(a))[0];
  }
}

const full = (name: string): RaftoralError =>
  new DiskFull(
    `the disk of ${name} is full: nothing was proposed. Ask another node, or free some space; ` +
      "it goes on by itself then",
  );

const taken = (name: string): RaftoralError =>
  new DiskFull(
    `the disk of ${name} is full: what was asked for may still happen when there is room; ` +
      "ask again with the same ids",
  );
