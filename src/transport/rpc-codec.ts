// The frame around requests and their answers on a network that may deliver late, twice, or what
// somebody else made up.

import { ByteReader, ByteWriter, MalformedError } from "../std/bytes.ts";

/** What this build writes and reads. */
export const RPC_FORMAT = 1;

export type RpcFrame =
  /** For the node. */
  | { readonly kind: "request"; readonly rpcId: number; readonly body: Uint8Array }
  /** For the transport itself: is anybody there? */
  | { readonly kind: "ping"; readonly rpcId: number }
  | { readonly kind: "reply"; readonly rpcId: number; readonly body: Uint8Array }
  /** By whom; `life` tells two processes of one name apart. */
  | {
      readonly kind: "pong";
      readonly rpcId: number;
      readonly name: string;
      readonly life: string;
    }
  /** The request's format is none that its receiver knows. */
  | { readonly kind: "format-unknown"; readonly rpcId: number; readonly known: number };

/** By their number on the wire: appended to, never reordered. */
const KINDS: readonly RpcFrame["kind"][] = ["request", "ping", "reply", "pong", "format-unknown"];

/** What a frame adds to a body, at most. */
export const RPC_OVERHEAD_BYTES = 24;

/** A frame of a format that this build does not know, with what every format begins with. */
export class UnknownFormatError extends MalformedError {
  readonly rpcId: number;
  constructor(format: number, rpcId: number) {
    super(`rpc format ${format}, known is ${RPC_FORMAT}`);
    this.rpcId = rpcId;
  }
}

export function encodeRpc(frame: RpcFrame): Uint8Array {
  const writer = new ByteWriter().u8(RPC_FORMAT).uint(frame.rpcId).u8(KINDS.indexOf(frame.kind));
  switch (frame.kind) {
    case "request":
    case "reply":
      writer.bytes(frame.body);
      break;
    case "pong":
      writer.text(frame.name).text(frame.life);
      break;
    case "format-unknown":
      writer.u8(frame.known);
      break;
    case "ping":
      break;
  }
  return writer.finish();
}

/** A body is a view of `bytes`, not a copy. @throws MalformedError */
export function decodeRpc(bytes: Uint8Array): RpcFrame {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  const rpcId = reader.uint();
  if (format !== RPC_FORMAT) throw new UnknownFormatError(format, rpcId);
  const frame = read(reader, rpcId);
  reader.end();
  return frame;
}

function read(reader: ByteReader, rpcId: number): RpcFrame {
  const number = reader.u8();
  const kind = KINDS[number];
  switch (kind) {
    case "request":
    case "reply":
      return { kind, rpcId, body: reader.bytes() };
    case "ping":
      return { kind, rpcId };
    case "pong":
      return { kind, rpcId, name: reader.text(), life: reader.text() };
    case "format-unknown":
      return { kind, rpcId, known: reader.u8() };
    default:
      throw new MalformedError(`unknown kind of rpc frame ${number}`);
  }
}
