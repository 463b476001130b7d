// A leader's side of a snapshot under way: it answers what it is asked for, bytes of one body at a
// time. Where the other one is, only that one knows; so a link that was cut, or another leader with
// the same body, changes nothing.
//
// I1. Per peer one chunk is in memory, and a few asks wait: what is more is dropped.
// I2. One that does not ask for `snapshotIdleMs` is told to the core as failed, which offers anew.

import type { RawNode } from "../raft/raw-node.ts";
import type { Index, NodeId } from "../std/ids.ts";
import type { SnapshotReader, SnapshotStore } from "../storage/snapshot-port.ts";
import type { Courier } from "./deliver.ts";
import type { ReplicaLimits } from "./options.ts";
import { encodePart, type SnapshotAsk } from "./snapshot-codec.ts";

export interface SenderParts {
  readonly store: SnapshotStore;
  readonly courier: Courier;
  readonly limits: Pick<ReplicaLimits, "snapshotIdleMs" | "snapshotPartBytes">;
  /** This member cannot give it: whoever leads offers another one. */
  onFailed(to: NodeId): void;
  onDisk(error: unknown): void;
}

interface Stream {
  readonly index: Index;
  readonly reader: Promise<SnapshotReader | undefined>;
  chunk: { readonly number: number; readonly bytes: Uint8Array } | undefined;
  /** Asks that wait for the one before. */
  waiting: number;
  working: Promise<void>;
  askedAtMs: number;
}

const WAITING_MAX = 16;

export class SnapshotSender {
  readonly #parts: SenderParts;
  readonly #streams = new Map<NodeId, Stream>();
  /** Since when a peer is known to need a snapshot. */
  readonly #since = new Map<NodeId, number>();

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** The oldest body that somebody is getting now. */
  get oldest(): Index | undefined {
    const all = [...this.#streams.values()].map(({ index }) => index);
    return all.sort((a, b) => a - b)[0];
  }

  asked(from: NodeId, ask: SnapshotAsk, nowMs: number): void {
    const stream = this.#stream(from, ask.index, nowMs);
    stream.askedAtMs = nowMs;
    if (stream.waiting >= WAITING_MAX) return;
    stream.waiting++;
    stream.working = stream.working
      .then(() => this.#answer(from, ask, stream))
      .catch((error: unknown) => this.#parts.onDisk(error))
      .finally(() => {
        stream.waiting--;
      });
  }

  /** `progress`: what the leader knows of each; empty elsewhere. */
  tick(nowMs: number, progress: ReturnType<RawNode["status"]>["progress"]): void {
    const { limits, onFailed } = this.#parts;
    for (const [id, stream] of this.#streams) {
      if (nowMs - stream.askedAtMs > limits.snapshotIdleMs) this.#end(id);
    }
    for (const id of [...this.#since.keys()]) {
      if (progress.get(id)?.state !== "snapshot") this.#since.delete(id);
    }
    for (const [id, { state }] of progress) {
      if (state !== "snapshot") continue;
      const sinceMs = this.#since.get(id) ?? nowMs;
      this.#since.set(id, sinceMs);
      if (this.#streams.has(id) || nowMs - sinceMs <= limits.snapshotIdleMs) continue;
      this.#since.delete(id);
      onFailed(id);
    }
  }

  stop(): void {
    for (const id of [...this.#streams.keys()]) this.#end(id);
  }

  #stream(from: NodeId, at: Index, nowMs: number): Stream {
    const known = this.#streams.get(from);
    if (known?.index === at) return known;
    this.#end(from);
    const reader = this.#parts.store.open(at);
    const working = Promise.resolve();
    const stream = { index: at, reader, chunk: undefined, waiting: 0, working, askedAtMs: nowMs };
    this.#streams.set(from, stream);
    return stream;
  }

  async #answer(from: NodeId, ask: SnapshotAsk, stream: Stream): Promise<void> {
    const bytes = await this.#read(ask, stream);
    const { index, offset } = ask;
    const { courier, onFailed } = this.#parts;
    courier.send(from, "snapshot-part", encodePart({ index, offset, bytes }));
    if (bytes.length > 0) return;
    this.#end(from);
    onFailed(from);
  }

  /** Nothing: there is none, or it is not what was written. */
  async #read({ index, offset, length }: SnapshotAsk, stream: Stream): Promise<Uint8Array> {
    const reader = await stream.reader;
    if (reader === undefined) return new Uint8Array();
    const { chunkBytes } = reader.manifest;
    const number = Math.floor(offset / chunkBytes);
    if (stream.chunk?.number !== number) {
      const bytes = await reader.chunk(number);
      if (bytes === undefined) {
        await this.#parts.store.setAside(index);
        return new Uint8Array();
      }
      stream.chunk = { number, bytes };
    }
    const from = offset - number * chunkBytes;
    const most = Math.min(length, this.#parts.limits.snapshotPartBytes);
    return stream.chunk.bytes.subarray(from, from + most);
  }

  #end(id: NodeId): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    this.#streams.delete(id);
    void stream.working
      .then(async () => (await stream.reader)?.close())
      .catch((error: unknown) => this.#parts.onDisk(error));
  }
}
