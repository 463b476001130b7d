// What was handed to the connection and is not known to have reached the server. A server that
// stands still must not fill this process's memory, nor one slow peer take everybody's room.

export interface BacklogLimits {
  /** Bytes to one peer; what is beyond is dropped, as any network may. */
  readonly peerBytes: number;
  /** Bytes in all. */
  readonly totalBytes: number;
}

export const backlogLimits: BacklogLimits = {
  peerBytes: 16 * 1024 * 1024,
  totalBytes: 64 * 1024 * 1024,
};

export class Backlog {
  readonly #limits: BacklogLimits;
  readonly #byPeer = new Map<string, number>();
  #total = 0;

  constructor(limits: BacklogLimits = backlogLimits) {
    this.#limits = limits;
  }

  get totalBytes(): number {
    return this.#total;
  }

  /** False: there is no room, and nothing was added. */
  add(peer: string, bytes: number): boolean {
    const before = this.#byPeer.get(peer) ?? 0;
    // One message always fits: a limit that is smaller than a message would stop a peer for good.
    const isOver = before + bytes > this.#limits.peerBytes && before > 0;
    if (isOver || (this.#total + bytes > this.#limits.totalBytes && this.#total > 0)) return false;
    this.#byPeer.set(peer, before + bytes);
    this.#total += bytes;
    return true;
  }

  /** What is in it now; given to `remove` once the server has it. */
  snapshot(): ReadonlyMap<string, number> {
    return new Map(this.#byPeer);
  }

  remove(arrived: ReadonlyMap<string, number>): void {
    for (const [peer, bytes] of arrived) {
      const left = (this.#byPeer.get(peer) ?? 0) - bytes;
      if (left > 0) this.#byPeer.set(peer, left);
      else this.#byPeer.delete(peer);
      this.#total -= bytes;
    }
  }

  /** The connection is gone, and all that was on its way with it. */
  clear(): void {
    this.#byPeer.clear();
    this.#total = 0;
  }
}
