// The byte forms around the body of a snapshot: the frames that it consists of, and how a member
// asks another one for its bytes.

import { ByteReader, ByteWriter, MalformedError } from "../std/bytes.ts";
import { type Index, index } from "../std/ids.ts";

const FORMAT = 1;
/** A piece of a body that claims to be longer is none. */
const FRAME_BYTES_MAX = 1024 * 1024 * 1024;

/** Bytes of one body, asked for. */
export interface SnapshotAsk {
  readonly index: Index;
  readonly offset: number;
  readonly length: number;
}

/** The answer; without bytes: there is no such body any more. */
export interface SnapshotPart {
  readonly index: Index;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export const encodeAsk = ({ index: at, offset, length }: SnapshotAsk): Uint8Array =>
  new ByteWriter().u8(FORMAT).uint(at).uint(offset).uint(length).finish();

/** @throws MalformedError */
export function decodeAsk(body: Uint8Array): SnapshotAsk {
  const reader = opened(body);
  const ask = { index: index(reader.uint()), offset: reader.uint(), length: reader.uint() };
  reader.end();
  return ask;
}

export const encodePart = ({ index: at, offset, bytes }: SnapshotPart): Uint8Array =>
  new ByteWriter().u8(FORMAT).uint(at).uint(offset).bytes(bytes).finish();

/** @throws MalformedError */
export function decodePart(body: Uint8Array): SnapshotPart {
  const reader = opened(body);
  const part = { index: index(reader.uint()), offset: reader.uint(), bytes: reader.bytes() };
  reader.end();
  return part;
}

function opened(body: Uint8Array): ByteReader {
  const reader = new ByteReader(body);
  const format = reader.u8();
  if (format !== FORMAT) throw new MalformedError(`snapshot format ${format}, known is ${FORMAT}`);
  return reader;
}

/** One piece of a state, as it stands in a body. */
export const encodeFrame = (piece: Uint8Array): Uint8Array =>
  new ByteWriter().bytes(piece).finish();

/** Pieces out of a body, whatever the chunks are in which it comes. */
export class FrameSplitter {
  #rest: Uint8Array = new Uint8Array();

  /** The pieces that are whole now. @throws MalformedError */
  add(chunk: Uint8Array): readonly Uint8Array[] {
    const all = new Uint8Array(this.#rest.length + chunk.length);
    all.set(this.#rest);
    all.set(chunk, this.#rest.length);
    const pieces: Uint8Array[] = [];
    let at = 0;
    for (;;) {
      const head = lengthAt(all, at);
      if (head === undefined || head.from + head.length > all.length) break;
      at = head.from + head.length;
      pieces.push(all.subarray(head.from, at));
    }
    this.#rest = all.subarray(at);
    return pieces;
  }

  /** @throws MalformedError */
  end(): void {
    if (this.#rest.length > 0) throw new MalformedError("a body ends within a piece");
  }
}

/** undefined: not all of the length is there yet. */
function lengthAt(
  bytes: Uint8Array,
  at: number,
): { readonly from: number; readonly length: number } | undefined {
  let length = 0;
  let scale = 1;
  for (let from = at; from < bytes.length; ) {
    const byte = bytes[from++] ?? 0;
    length += (byte & 0x7f) * scale;
    if (length > FRAME_BYTES_MAX) throw new MalformedError("a piece of a body is too long");
    if (byte < 0x80) return { from, length };
    scale *= 128;
  }
  return;
}
