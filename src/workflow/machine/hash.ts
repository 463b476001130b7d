// Hashes that must be equal on every member and for ever: FNV-1a over code units, mixed as murmur3
// ends. Not for secrets: nothing here resists somebody who looks for collisions.

const FNV_OFFSET = 2_166_136_261;
const FNV_PRIME = 16_777_619;

/** 32 bits of a text. */
export function hashText(text: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  }
  return hash >>> 0;
}

/** Spreads two numbers over 32 bits: close ones come out far apart. */
export function mix(a: number, b: number): number {
  let hash = a ^ Math.imul(b + 0x7f4a7c15, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** 64 bits of bytes, as 16 hexadecimal digits. */
export function digest(bytes: Uint8Array): string {
  let a = FNV_OFFSET;
  let b = 0x9e3779b9;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, FNV_PRIME);
    b = Math.imul(b ^ byte, 0x5bd1e995);
    b ^= b >>> 15;
  }
  return hex(mix(a, bytes.length)) + hex(mix(b, a));
}

const hex = (word: number): string => word.toString(16).padStart(8, "0");
