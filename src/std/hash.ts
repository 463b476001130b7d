// A 128-bit hash for identities that go into the log: fixed for ever, the same on every member,
// fast in plain JavaScript. Not for secrets: nothing here resists somebody who looks for
// collisions.

/**
 * Takes in words one by one. Four lanes; each word goes into two of them, then the lanes move on,
 * so that a word's difference reaches all four. A step is a bijection of the lanes: none of what
 * came before is lost. What is taken in is self-delimiting: `text("ab").text("c")` is not
 * `text("a").text("bc")`.
 */
export class Hash128 {
  #a = 0x9e3779b9 | 0;
  #b = 0x243f6a88 | 0;
  #c = 0xb7e15162 | 0;
  #d = 0x6a09e667 | 0;
  #count = 0;

  /** 32 bits. */
  word(word: number): this {
    const k = Math.imul(word, 0xcc9e2d51);
    const a = (rotate(this.#a ^ Math.imul(rotate(k, 15), 0x1b873593), 13) * 5 + this.#b) | 0;
    const c = (rotate(this.#c ^ Math.imul(rotate(k, 17), 0x38b34ae5), 19) * 5 + this.#d) | 0;
    this.#a = this.#b;
    this.#b = (c + 0x561ccd1b) | 0;
    this.#c = this.#d;
    this.#d = (a + 0xe6546b64) | 0;
    this.#count++;
    return this;
  }

  text(text: string): this {
    const { length } = text;
    this.word(length);
    let i = 0;
    for (; i + 1 < length; i += 2) this.word(text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16));
    if (i < length) this.word(text.charCodeAt(i));
    return this;
  }

  /** By its 64 bits: -0 is not 0. Every NaN is one NaN. */
  number(value: number): this {
    float[0] = value;
    if (Number.isNaN(value)) return this.word(0).word(0x7ff80000);
    return this.word(words[0] ?? 0).word(words[1] ?? 0);
  }

  /** The hash of what was taken in so far, as four words. */
  words(): readonly [number, number, number, number] {
    let a = this.#a ^ this.#count;
    let b = this.#b ^ this.#count;
    let c = this.#c ^ this.#count;
    let d = this.#d ^ this.#count;
    for (let round = 0; round < 2; round++) {
      a = (a + b + c + d) | 0;
      b = avalanche((b + a) | 0);
      c = avalanche((c + b) | 0);
      d = avalanche((d + c) | 0);
      a = avalanche((a + d) | 0);
    }
    return [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
  }

  /** The same as 32 hexadecimal digits. */
  hex(): string {
    const [a, b, c, d] = this.words();
    return digits(a) + digits(b) + digits(c) + digits(d);
  }
}

/** Of a text, as 32 hexadecimal digits. */
export const hash128 = (text: string): string => new Hash128().text(text).hex();

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** By a table: `toString(16)` takes longer than all the rest. */
const digits = (word: number): string =>
  byte(word >>> 24) + byte((word >>> 16) & 0xff) + byte((word >>> 8) & 0xff) + byte(word & 0xff);

const byte = (value: number): string => BYTES[value] ?? "";

const BYTES: readonly string[] = Array.from({ length: 256 }, (_, value) =>
  value.toString(16).padStart(2, "0"),
);

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

/**
 * As murmur3 ends: each bit of the word changes each bit of the result with probability near 1/2.
 */
function avalanche(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
