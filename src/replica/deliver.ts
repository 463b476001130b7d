// Out to the peers: best effort, each message by itself.
//
// A message to a dead, slow or unknown peer, or one that the transport throws over, is counted and
// forgotten: Raft repeats what matters.

import { encodeMessage } from "../raft/codec.ts";
import type { Message } from "../raft/message.ts";
import type { NodeId } from "../std/ids.ts";
import { type Envelope, type EnvelopeKind, EnvelopeWriter } from "../transport/envelope-codec.ts";
import type { Transport } from "../transport/port.ts";
import type { ReplicaCounters } from "./options.ts";
import type { Peers } from "./peers.ts";

export interface CourierParts {
  readonly transport: Pick<Transport, "send">;
  readonly peers: Peers;
  readonly counters: ReplicaCounters;
  /** What every envelope of this replica says. */
  readonly sender: Pick<Envelope, "clusterUuid" | "group" | "from">;
}

export class Courier {
  readonly #parts: CourierParts;
  readonly #writer: EnvelopeWriter;

  constructor(parts: CourierParts) {
    this.#parts = parts;
    this.#writer = new EnvelopeWriter(parts.sender);
  }

  knows(id: NodeId): boolean {
    return this.#parts.peers.name(id) !== undefined;
  }

  raft(message: Message): void {
    this.send(message.to, "raft", encodeMessage(message));
  }

  /** False: nothing was sent, and it is known so at once. */
  send(to: NodeId, kind: EnvelopeKind, body: Uint8Array): boolean {
    const { transport, peers, counters } = this.#parts;
    const name = peers.name(to);
    if (name === undefined) {
      counters.unroutable++;
      return false;
    }
    try {
      transport.send(name, this.#writer.write(kind, body));
      return true;
    } catch {
      counters.sendFailures++;
      return false;
    }
  }
}
