// In from the peers: what a message says, or nothing. What is malformed, of another cluster or
// group, or meant for another is counted and dropped before anything of it is believed.

import { decodeMessage } from "../raft/codec.ts";
import { isLocal, type Message } from "../raft/message.ts";
import { MalformedError } from "../std/bytes.ts";
import type { NodeId } from "../std/ids.ts";
import { decodeEnvelope, type Envelope } from "../transport/envelope-codec.ts";
import { decodeForward, decodeRefused, type Forward } from "./entry-codec.ts";
import { decodeFound, decodeWanted, type Found, type Wanted } from "./mend-codec.ts";
import type { ReplicaCounters } from "./options.ts";
import { decodeAsk, decodePart, type SnapshotAsk, type SnapshotPart } from "./snapshot-codec.ts";

export type Arrival = { readonly from: NodeId } & (
  | { readonly kind: "raft"; readonly message: Message }
  | { readonly kind: "forward"; readonly forward: Forward }
  | { readonly kind: "refused"; readonly sequences: readonly number[] }
  | { readonly kind: "wanted"; readonly wanted: Wanted }
  | { readonly kind: "found"; readonly found: Found }
  | { readonly kind: "snapshot-ask"; readonly ask: SnapshotAsk }
  | { readonly kind: "snapshot-part"; readonly part: SnapshotPart }
);

export interface InboxParts {
  readonly self: NodeId;
  readonly clusterUuid: string;
  readonly group: number;
  readonly counters: ReplicaCounters;
}

export class Inbox {
  readonly #parts: InboxParts;

  constructor(parts: InboxParts) {
    this.#parts = parts;
  }

  open(body: Uint8Array): Arrival | undefined {
    const { clusterUuid, counters, group } = this.#parts;
    try {
      const envelope = decodeEnvelope(body);
      if (envelope.clusterUuid === clusterUuid && envelope.group === group) {
        return this.#read(envelope);
      }
      counters.foreign++;
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      counters.malformed++;
    }
    return undefined;
  }

  #read({ kind, from, body }: Envelope): Arrival | undefined {
    switch (kind) {
      case "raft": {
        const message = decodeMessage(body);
        if (this.#isForUs(message, from)) return { kind, from, message };
        this.#parts.counters.misaddressed++;
        return undefined;
      }
      case "forward":
        return { kind, from, forward: decodeForward(body) };
      case "refused":
        return { kind, from, sequences: decodeRefused(body) };
      case "wanted":
        return { kind, from, wanted: decodeWanted(body) };
      case "found":
        return { kind, from, found: decodeFound(body) };
      case "snapshot-ask":
        return { kind, from, ask: decodeAsk(body) };
      case "snapshot-part":
        return { kind, from, part: decodePart(body) };
      default:
        this.#parts.counters.misaddressed++;
        return undefined;
    }
  }

  /** A name may have had another id; proposals come as forwards, which the leader stamps. */
  #isForUs({ from, to, type }: Message, sender: NodeId): boolean {
    return to === this.#parts.self && from === sender && !isLocal(type) && type !== "prop";
  }
}
