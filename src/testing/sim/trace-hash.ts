/**
 * A rolling hash of 64 bits over all that happened: equal traces, equal hashes. FNV-1a, two lanes.
 */
export class TraceHash {
  #a = 0x811c9dc5;
  #b = 0x9e3779b9;

  number(value: number): void {
    // Low and high part: virtual time outgrows 32 bits in little over an hour.
    this.#mix(value | 0);
    this.#mix((value / 0x100000000) | 0);
  }

  text(value: string): void {
    for (let i = 0; i < value.length; i++) this.#mix(value.charCodeAt(i));
    this.#mix(value.length);
  }

  bytes(value: Uint8Array): void {
    for (const byte of value) this.#mix(byte);
    this.#mix(value.length);
  }

  toString(): string {
    const hex = (lane: number): string => (lane >>> 0).toString(16).padStart(8, "0");
    return hex(this.#a) + hex(this.#b);
  }

  #mix(value: number): void {
    this.#a = Math.imul(this.#a ^ value, 0x01000193);
    this.#b = Math.imul((this.#b << 7) ^ (this.#b >>> 25) ^ value, 0x85ebca6b);
  }
}
