import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { PayloadCodec } from "raftoral";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keys of 32 bytes by their numbers, 0 to 255: the first one encrypts, all of them decrypt. A new
 * key comes to every process as the last one first; then it is made the first one everywhere.
 */
export function aesGcm(keys: ReadonlyMap<number, Uint8Array>): PayloadCodec {
  const [current] = keys;
  if (current === undefined) throw new Error("no key");
  const [number, key] = current;
  return {
    name: "aes-256-gcm",
    encode: (bytes) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
      const text = Buffer.concat([cipher.update(bytes), cipher.final()]);
      return Buffer.concat([Buffer.of(number), nonce, cipher.getAuthTag(), text]);
    },
    decode: (bytes) => {
      const [of = -1] = bytes;
      const old = keys.get(of);
      if (old === undefined) throw new Error(`no key ${of}`);
      const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
      const text = bytes.subarray(1 + NONCE_BYTES + TAG_BYTES);
      const decipher = createDecipheriv(CIPHER, old, nonce, { authTagLength: TAG_BYTES });
      decipher.setAuthTag(bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(text), decipher.final()]);
    },
  };
}
