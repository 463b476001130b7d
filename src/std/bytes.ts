// The byte forms of our own wire and log frames: little, explicit, bounded.
// Lengths and integers are LEB128 varints up to 2^53 - 1. A reader never throws on bad input from
// outside with anything but `MalformedError`, and never reads past its end.

declare const TextEncoder: new () => {
  encode(text: string): Uint8Array;
  encodeInto(text: string, into: Uint8Array): { readonly written: number };
};
declare const TextDecoder: new (
  label: string,
  options: { fatal: boolean; ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class MalformedError extends Error {
  override readonly name = "MalformedError";
}

export const utf8 = (text: string): Uint8Array => encoder.encode(text);
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new MalformedError("not UTF-8", { cause });
  }
}

/** Appends values to a growing buffer. */
export class ByteWriter {
  #buffer = new Uint8Array(256);
  #length = 0;

  #room(more: number): void {
    const need = this.#length + more;
    if (need <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(need, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }

  u8(value: number): this {
    this.#room(1);
    this.#buffer[this.#length++] = value;
    return this;
  }

  /** A non-negative safe integer. */
  uint(value: number): this {
    if (!(Number.isSafeInteger(value) && value >= 0))
      throw new MalformedError(`not a uint: ${value}`);
    this.#room(8);
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.#length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[this.#length++] = rest;
    return this;
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  bytes(value: Uint8Array): this {
    this.uint(value.length).#room(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  text(value: string): this {
    if (value.length > 4096) return this.bytes(utf8(value));
    // Length first: encode behind the widest length prefix this text can need, then close the gap.
    this.#room(value.length * 3 + 3);
    const short = value.length * 3 < 128;
    const at = this.#length + (short ? 1 : 3);
    const { written } = encoder.encodeInto(value, this.#buffer.subarray(at));
    if (short) this.#buffer[this.#length] = written;
    else {
      this.#buffer[this.#length] = (written & 0x7f) | 0x80;
      this.#buffer[this.#length + 1] = ((written >> 7) & 0x7f) | 0x80;
      this.#buffer[this.#length + 2] = written >> 14;
    }
    this.#length = at + written;
    return this;
  }

  /** Bytes as they are, without their length before them. */
  raw(value: Uint8Array): this {
    this.#room(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  /** How much was written since the last `reset`. */
  get length(): number {
    return this.#length;
  }

  /** What was written, in place: the next write may change it. */
  get written(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** A copy of what was written, so that the writer can be used again after `reset`. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  reset(): this {
    this.#length = 0;
    return this;
  }
}

/** Reads what `ByteWriter` wrote; throws `MalformedError` where it cannot. */
export class ByteReader {
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
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 128;
    }
    throw new MalformedError("integer out of range");
  }

  bool(): boolean {
    const value = this.u8();
    if (value > 1) throw new MalformedError(`not a boolean: ${value}`);
    return value === 1;
  }

  /** A view, not a copy: the frame lives as long as what was read from it. */
  bytes(): Uint8Array {
    const length = this.uint();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new MalformedError("ends too early");
    const value = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  text(): string {
    return fromUtf8(this.bytes());
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** What is left must be nothing: a longer frame is as malformed as a shorter one. */
  end(): void {
    if (!this.isDone) throw new MalformedError(`${this.#bytes.length - this.#at} bytes too many`);
  }
}
