// Short texts and values of the log, read and written fast. The same bytes as std/bytes, whose
// readers make a view for each: for a frame of a few dozen bytes the views cost several times what
// is in them.

import { type ByteWriter, fromUtf8, MalformedError } from "../../std/bytes.ts";

/** A text up to this many bytes is copied byte by byte, and remembered. */
const SHORT_MAX = 32;
/** A copy up to this many bytes lives on the engine's heap and costs next to nothing. */
const SMALL_VALUE_MAX = 64;
/** A view may keep this many times its own bytes alive. */
const VIEW_HOLDS_MAX = 4;
const INTERNED_MAX = 4_096;

/** Short ASCII without the encoder's price; anything else as ByteWriter has it. */
export function writeText(writer: ByteWriter, text: string): ByteWriter {
  if (text.length > SHORT_MAX || !isAscii(text)) return writer.text(text);
  writer.u8(text.length);
  for (let i = 0; i < text.length; i++) writer.u8(text.charCodeAt(i));
  return writer;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Reads a frame. Like ByteReader it throws MalformedError and never reads past the end. */
export class FrameReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  u8(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new MalformedError("ends too early");
    return value;
  }

  uint(): number {
    const first = this.u8();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let scale = 128; scale <= 128 ** 7; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80 && value <= Number.MAX_SAFE_INTEGER) return value;
      if (byte < 0x80) break;
    }
    throw new MalformedError("integer out of range");
  }

  bool(): boolean {
    const value = this.u8();
    if (value > 1) throw new MalformedError(`not a boolean: ${value}`);
    return value === 1;
  }

  /**
   * It outlives the frame: state keeps it as long as its run. So a copy, unless it is most of the
   * memory that a view keeps alive: committed bytes never change, and a larger copy costs more than
   * all the rest.
   */
  value(): Uint8Array {
    const from = this.#skip();
    const length = this.#at - from;
    if (length > SMALL_VALUE_MAX) {
      const isMost = length * VIEW_HOLDS_MAX >= this.#bytes.buffer.byteLength;
      return isMost ? this.#bytes.subarray(from, this.#at) : this.#bytes.slice(from, this.#at);
    }
    const value = new Uint8Array(length);
    for (let i = 0; i < length; i++) value[i] = this.#bytes[from + i] ?? 0;
    return value;
  }

  text(): string {
    const from = this.#skip();
    const known = this.#at - from <= SHORT_MAX ? interned(this.#bytes, from, this.#at) : undefined;
    return known ?? fromUtf8(this.#bytes.subarray(from, this.#at));
  }

  /** How much is read. */
  get place(): number {
    return this.#at;
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length;
  }

  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left !== 0) throw new MalformedError(`${left} bytes too many`);
  }

  /** Passes over a length and that many bytes, and says where they begin. */
  #skip(): number {
    const length = this.uint();
    const from = this.#at;
    if (length > this.#bytes.length - from) throw new MalformedError("ends too early");
    this.#at = from + length;
    return from;
  }
}

/**
 * Run ids, paths and names come again and again. A cache by hash: what is found is compared in
 * full, so it changes how fast a text is read and never which; state then shares one string for all
 * that are equal.
 */
const cache: string[] = new Array<string>(INTERNED_MAX).fill("");

/** The text, if it is ASCII. */
function interned(bytes: Uint8Array, from: number, to: number): string | undefined {
  let hash = 0;
  let all = 0;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0;
    hash = (Math.imul(hash, 31) + byte) | 0;
    all |= byte;
  }
  if (all > 0x7f) return;
  const slot = (hash ^ (hash >>> 12)) & (INTERNED_MAX - 1);
  const known = cache[slot] ?? "";
  if (known.length === to - from && isEqual(known, bytes, from)) return known;
  let text = "";
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i] ?? 0);
  cache[slot] = text;
  return text;
}

function isEqual(text: string, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}
