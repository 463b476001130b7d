// From proposals to entries: into the leader's own log here, or to whoever leads.
//
// I1. The leader stamps: no entry carries a clock that is not its leader's (SEMANTICS 6).
// I2. All that waits in a turn becomes one proposal to the core, in order of arrival.
// I3. A proposal that this leader's log has already is not appended again: a retry of a slow one
//     must not make it slower. The log may still hold it twice after a change of leader.

import { utf8 } from "../std/bytes.ts";
import type { Clock } from "../std/clock.ts";
import type { NodeId } from "../std/ids.ts";
import type { Courier } from "./deliver.ts";
import {
  EntryWriter,
  encodeForward,
  encodeRefused,
  type Forward,
  FRAME_OVERHEAD_BYTES,
  type Proposal,
} from "./entry-codec.ts";
import type { ReplicaCounters, ReplicaLimits } from "./options.ts";
import type { Proposals } from "./proposals.ts";

export interface GatewayParts<Reply> {
  readonly self: NodeId;
  readonly origin: string;
  readonly clock: Clock;
  readonly courier: Courier;
  readonly counters: ReplicaCounters;
  readonly limits: Pick<ReplicaLimits, "tickMs">;
  /** Largest body of a message. */
  readonly maxBodyBytes: number;
  readonly proposals: Proposals<Reply>;
  /** To the core, as its leader. False: refused, nothing was appended. */
  append(entries: readonly Uint8Array[]): boolean;
}

interface Arrival {
  readonly from: NodeId;
  readonly forward: Forward;
}

/** What an envelope around a forward adds, at most. */
const ENVELOPE_BYTES = 512;

export class Gateway<Reply> {
  readonly #parts: GatewayParts<Reply>;
  readonly #origin: Uint8Array;
  readonly #writer = new EntryWriter();
  /** Of others' proposals: what this leader appended and has not applied, by origin. */
  readonly #inLog = new Map<string, Set<number>>();
  #arrivals: Arrival[] = [];

  constructor(parts: GatewayParts<Reply>) {
    this.#parts = parts;
    this.#origin = utf8(parts.origin);
  }

  get hasWork(): boolean {
    return this.#arrivals.length > 0 || this.#parts.proposals.hasFresh;
  }

  /** Proposals of a peer that takes this node for the leader. */
  receive(from: NodeId, forward: Forward): void {
    this.#arrivals.push({ from, forward });
  }

  /** Another leader or term: what was offered before may be lost. */
  leaderChanged(): void {
    this.#inLog.clear();
    this.#parts.counters.retried += this.#parts.proposals.refresh();
  }

  /** Once applied, a repeat is the machine's to know. */
  applied(origin: string, sequence: number): void {
    const sequences = this.#inLog.get(origin);
    if (sequences?.delete(sequence) === true && sequences.size === 0) this.#inLog.delete(origin);
  }

  /** True while entries of others are awaited: only then is it worth to look whose an entry is. */
  get isTracking(): boolean {
    return this.#inLog.size > 0;
  }

  /** Offers all that waits; keeps it where nobody is known to lead. */
  place(leader: NodeId | undefined): void {
    const { self, courier, clock, proposals } = this.#parts;
    if (leader === self) {
      this.#placeHere();
      return;
    }
    for (const arrival of this.#takeArrivals()) this.#refuse(arrival);
    if (leader === undefined || !proposals.hasFresh || !courier.knows(leader)) return;
    this.#forward(leader, proposals.take(clock.monotonicMs()));
  }

  #placeHere(): void {
    const { append, clock, counters, limits, proposals } = this.#parts;
    const nowMs = clock.monotonicMs();
    const own = proposals.take(nowMs);
    const arrivals = this.#takeArrivals().map((arrival) => this.#withoutKnown(arrival));
    const stampMs = Math.max(0, Math.floor(clock.wallMs()));
    const write = (origin: Uint8Array) => (proposal: Proposal) =>
      this.#writer.write(stampMs, origin, proposal);
    const entries = own.map(write(this.#origin));
    for (const { forward } of arrivals) {
      entries.push(...forward.proposals.map(write(utf8(forward.origin))));
    }
    if (entries.length === 0) return;
    if (append(entries)) {
      proposals.placed(own);
      for (const { forward } of arrivals) this.#remember(forward);
      return;
    }
    counters.refusedProposals += entries.length;
    proposals.postpone(
      own.map(({ sequence }) => sequence),
      nowMs + limits.tickMs,
    );
    for (const arrival of arrivals) this.#refuse(arrival);
  }

  #takeArrivals(): readonly Arrival[] {
    const arrivals = this.#arrivals;
    if (arrivals.length > 0) this.#arrivals = [];
    return arrivals;
  }

  #withoutKnown({ from, forward }: Arrival): Arrival {
    const known = this.#inLog.get(forward.origin);
    if (known === undefined) return { from, forward };
    const proposals = forward.proposals.filter(({ sequence }) => !known.has(sequence));
    return { from, forward: { origin: forward.origin, proposals } };
  }

  #remember({ origin, proposals }: Forward): void {
    if (proposals.length === 0) return;
    const known = this.#inLog.get(origin) ?? new Set();
    this.#inLog.set(origin, known);
    for (const { sequence } of proposals) known.add(sequence);
  }

  /** Its proposer offers it again soon, by then maybe to another. */
  #refuse({ from, forward }: Arrival): void {
    const sequences = forward.proposals.map(({ sequence }) => sequence);
    if (sequences.length > 0) this.#parts.courier.send(from, "refused", encodeRefused(sequences));
  }

  #forward(leader: NodeId, proposals: readonly Proposal[]): void {
    const { courier, counters, maxBodyBytes, origin } = this.#parts;
    for (const chunk of chunks(proposals, maxBodyBytes - ENVELOPE_BYTES)) {
      counters.forwarded += chunk.length;
      courier.send(leader, "forward", encodeForward({ origin, proposals: chunk }));
    }
  }
}

/** In order; each at most `maxBytes` on the wire, unless one proposal alone is larger. */
export function chunks(
  proposals: readonly Proposal[],
  maxBytes: number,
): readonly (readonly Proposal[])[] {
  const all: Proposal[][] = [];
  let chunk: Proposal[] = [];
  let bytes = 0;
  for (const proposal of proposals) {
    const more = proposal.command.length + FRAME_OVERHEAD_BYTES;
    if (chunk.length > 0 && bytes + more > maxBytes) {
      all.push(chunk);
      chunk = [];
      bytes = 0;
    }
    chunk.push(proposal);
    bytes += more;
  }
  if (chunk.length > 0) all.push(chunk);
  return all;
}
