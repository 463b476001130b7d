// What every message between nodes is wrapped in, so that what is foreign or malformed is known
// before anything of it is believed (DESIGN §7).

import { ByteReader, ByteWriter, MalformedError } from "../std/bytes.ts";
import { type NodeId, nodeId } from "../std/ids.ts";

const FORMAT = 1;

/**
 * `raft`: one message of the consensus. `forward`: proposals, to the leader. `refused`: the answer
 * of one who cannot take them. `wanted` and `found`: entries that rotted on one member, and what
 * another has of them. `snapshot-ask` and `snapshot-part`: bytes of a snapshot's body. `rpc` and
 * `rpc-reply`: calls between nodes about this group.
 */
export type EnvelopeKind =
  | "raft"
  | "forward"
  | "refused"
  | "rpc"
  | "rpc-reply"
  | "wanted"
  | "found"
  | "snapshot-ask"
  | "snapshot-part";

/** By their number on the wire: appended to, never reordered. */
const KINDS: readonly EnvelopeKind[] = [
  "raft",
  "forward",
  "refused",
  "rpc",
  "rpc-reply",
  "wanted",
  "found",
  "snapshot-ask",
  "snapshot-part",
];

export interface Envelope {
  /** Random, of the cluster's founding: two clusters of one name never mix. */
  readonly clusterUuid: string;
  readonly group: number;
  readonly kind: EnvelopeKind;
  readonly from: NodeId;
  readonly body: Uint8Array;
}

/**
 * Writes one sender's envelopes; reuses its buffer, since a new one for each message costs more.
 */
export class EnvelopeWriter {
  readonly #writer = new ByteWriter();
  readonly #sender: Pick<Envelope, "clusterUuid" | "group" | "from">;

  constructor(sender: Pick<Envelope, "clusterUuid" | "group" | "from">) {
    this.#sender = sender;
  }

  write(kind: EnvelopeKind, body: Uint8Array): Uint8Array {
    const { clusterUuid, from, group } = this.#sender;
    return this.#writer
      .reset()
      .u8(FORMAT)
      .text(clusterUuid)
      .uint(group)
      .u8(KINDS.indexOf(kind))
      .uint(from)
      .bytes(body)
      .finish();
  }
}

export function encodeEnvelope(envelope: Envelope): Uint8Array {
  return new EnvelopeWriter(envelope).write(envelope.kind, envelope.body);
}

/**
 * The body is a view of `bytes`, not a copy.
 * @throws MalformedError
 */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw new MalformedError(`envelope format ${format}, known is ${FORMAT}`);
  const clusterUuid = reader.text();
  const group = reader.uint();
  const number = reader.u8();
  const kind = KINDS[number];
  if (kind === undefined) throw new MalformedError(`unknown kind of message ${number}`);
  const from = nodeId(reader.uint());
  const body = reader.bytes();
  reader.end();
  return { clusterUuid, group, kind, from, body };
}
