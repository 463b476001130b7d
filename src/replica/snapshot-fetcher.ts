// A follower's side of a snapshot: it asks for the body that a leader told of, a few parts at a
// time, and hands the leader's message on only when the body is whole and durable. The same for a
// body that this member needs to mend what rotted.
//
// I1. A part is taken at its place alone; a chunk that is not as its manifest says is asked again.
// I2. It goes on where it is: after lost messages, a link that was cut, or with another leader that
//     offers the same body. Only another body begins anew.
// I3. At most `snapshotInflightParts` are under way: appends and heartbeats share the link.

import type { Message } from "../raft/message.ts";
import type { Snapshot } from "../raft/types.ts";
import type { NodeId } from "../std/ids.ts";
import { chunkAt, decodeManifest, type SnapshotManifest } from "../storage/snapshot-codec.ts";
import type { SnapshotStore, SnapshotWriter } from "../storage/snapshot-port.ts";
import type { Courier } from "./deliver.ts";
import { isSameBytes } from "./entry-codec.ts";
import type { ReplicaCounters, ReplicaLimits } from "./options.ts";
import { encodeAsk, type SnapshotPart } from "./snapshot-codec.ts";

/** A body that another member has. */
export interface Offer {
  readonly from: NodeId;
  readonly snapshot: Snapshot;
  /** Of the leader, for the core; undefined: this member asked for it. */
  readonly message?: Message;
}

export interface FetcherParts {
  readonly store: SnapshotStore;
  readonly courier: Pick<Courier, "send">;
  readonly counters: ReplicaCounters;
  readonly limits: Pick<
    ReplicaLimits,
    "snapshotIdleMs" | "snapshotInflightParts" | "snapshotPartBytes" | "snapshotRetryMs"
  >;
  /** Its body is durable here. */
  onWhole(offer: Offer): void;
  onDisk(error: unknown): void;
}

interface Fetch {
  offer: Offer;
  readonly snapshot: Snapshot;
  readonly manifest: SnapshotManifest;
  readonly writer: SnapshotWriter;
  readonly parts: Map<number, Uint8Array>;
  askedTo: number;
  movedAtMs: number;
  cameAtMs: number;
  isWriting: boolean;
}

export class SnapshotFetcher {
  readonly #parts: FetcherParts;
  #fetch: Fetch | undefined;

  constructor(parts: FetcherParts) {
    this.#parts = parts;
  }

  /** Some of a body came not long ago. */
  isBusy(nowMs: number): boolean {
    const fetch = this.#fetch;
    return fetch !== undefined && nowMs - fetch.cameAtMs <= this.#parts.limits.snapshotIdleMs;
  }

  /** @throws MalformedError */
  offered(offer: Offer, nowMs: number): void {
    const { snapshot } = offer;
    const { store, onWhole } = this.#parts;
    const own = store.list().find((one) => one.index === snapshot.index);
    if (own !== undefined && isSame(own, snapshot)) {
      onWhole(offer);
      return;
    }
    const present = this.#fetch;
    if (present !== undefined && isSame(present.snapshot, snapshot)) {
      present.offer = offer;
      present.askedTo = present.writer.size;
    } else this.#begin(offer, nowMs);
    this.#ask();
  }

  came(from: NodeId, { index, offset, bytes }: SnapshotPart, nowMs: number): void {
    const fetch = this.#fetch;
    if (fetch === undefined || fetch.snapshot.index !== index) return;
    if (bytes.length === 0) {
      // Gone there: who leads offers another one.
      if (from === fetch.offer.from) this.stop();
      return;
    }
    const isAwaited = offset >= fetch.writer.size && offset < fetch.askedTo;
    if (!isAwaited || bytes.length > this.#lengthAt(fetch, offset)) return;
    fetch.parts.set(offset, bytes);
    fetch.movedAtMs = nowMs;
    fetch.cameAtMs = nowMs;
    this.#write(fetch).catch((error: unknown) => this.#parts.onDisk(error));
  }

  tick(nowMs: number): void {
    const fetch = this.#fetch;
    if (fetch === undefined || fetch.isWriting) return;
    if (nowMs - fetch.movedAtMs < this.#parts.limits.snapshotRetryMs) return;
    fetch.movedAtMs = nowMs;
    fetch.askedTo = fetch.writer.size;
    this.#ask();
  }

  /** Lets go of what it has. */
  stop(): void {
    const fetch = this.#fetch;
    this.#fetch = undefined;
    if (fetch === undefined || fetch.isWriting) return;
    fetch.writer.abort().catch((error: unknown) => this.#parts.onDisk(error));
  }

  #begin(offer: Offer, nowMs: number): void {
    const { snapshot } = offer;
    const manifest = decodeManifest(snapshot.data);
    this.stop();
    this.#fetch = {
      offer,
      snapshot,
      manifest,
      writer: this.#parts.store.create(manifest),
      parts: new Map(),
      askedTo: 0,
      movedAtMs: nowMs,
      cameAtMs: nowMs,
      isWriting: false,
    };
  }

  /** Within one chunk: so is what the other one reads. */
  #lengthAt({ manifest }: Fetch, offset: number): number {
    const chunk = chunkAt(manifest, Math.floor(offset / manifest.chunkBytes));
    const left = chunk.from + chunk.length - offset;
    return Math.min(left, this.#parts.limits.snapshotPartBytes);
  }

  #ask(): void {
    const fetch = this.#fetch;
    if (fetch === undefined) return;
    const { courier, limits } = this.#parts;
    const { index } = fetch.snapshot;
    const most = fetch.writer.size + limits.snapshotInflightParts * limits.snapshotPartBytes;
    while (fetch.askedTo < fetch.manifest.bytes && fetch.askedTo < most) {
      const offset = fetch.askedTo;
      const length = this.#lengthAt(fetch, offset);
      fetch.askedTo += length;
      if (fetch.parts.has(offset)) continue;
      courier.send(fetch.offer.from, "snapshot-ask", encodeAsk({ index, offset, length }));
    }
  }

  async #write(fetch: Fetch): Promise<void> {
    if (fetch.isWriting) return;
    fetch.isWriting = true;
    const { counters, store, onWhole } = this.#parts;
    for (;;) {
      const at = fetch.writer.size;
      const bytes = fetch.parts.get(at);
      if (bytes === undefined) break;
      fetch.parts.delete(at);
      if (!(await fetch.writer.write(bytes))) {
        counters.damagedParts++;
        fetch.parts.clear();
        fetch.askedTo = fetch.writer.size;
      }
      if (this.#fetch !== fetch) {
        await fetch.writer.abort();
        return;
      }
      this.#ask();
    }
    if (fetch.writer.size === fetch.manifest.bytes) {
      await fetch.writer.finish(fetch.snapshot, fetch.manifest.takenAtMs);
      if (this.#fetch !== fetch) return;
      this.#fetch = undefined;
      if (store.list().some((one) => isSame(one, fetch.snapshot))) onWhole(fetch.offer);
    }
    fetch.isWriting = false;
  }
}

const isSame = (a: Snapshot, b: Snapshot): boolean =>
  a.index === b.index && a.term === b.term && isSameBytes(a.data, b.data);
