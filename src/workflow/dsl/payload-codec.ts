// What stands between encoded values and all that keeps or carries them: encryption, compression.

import { RaftoralError } from "../../errors.ts";
import { checkName } from "./name.ts";

/**
 * Takes each value's bytes before they leave this process, and gives them back. Synchronous, and
 * pure for each value: what `encode` made, `decode` of any member takes at any time. `encode` need
 * not give the same bytes twice. Keep the key's name in the bytes where keys change.
 */
export interface PayloadCodec {
  /** The same on all members and clients: another one is refused. 1 to 200 characters. */
  readonly name: string;
  encode(bytes: Uint8Array): Uint8Array;
  decode(bytes: Uint8Array): Uint8Array;
}

const PROBE: readonly number[] = [1, 34, 0, 255, 34];

/**
 * Tries it once, so that what could never work is told at the start.
 * @throws RaftoralError `invalid-argument`
 */
export function checkPayloadCodec(codec: PayloadCodec | undefined): void {
  if (codec === undefined) return;
  if (typeof codec !== "object" || codec === null) throw bad(String(codec), "it is no object");
  checkName(codec.name, "codec");
  const { name } = codec;
  for (const method of ["encode", "decode"] as const) {
    if (typeof codec[method] !== "function") throw bad(name, `${method} is no function`);
  }
  const encoded = tried(codec, "encode", Uint8Array.from(PROBE));
  const decoded = tried(codec, "decode", encoded.slice());
  if (decoded.join() === PROBE.join()) return;
  throw bad(name, "decode does not give back what encode was given");
}

function tried(codec: PayloadCodec, method: "encode" | "decode", given: Uint8Array): Uint8Array {
  let bytes: unknown;
  try {
    bytes = codec[method](given);
  } catch (cause) {
    throw bad(codec.name, `${method} threw when it was tried`, cause);
  }
  if (bytes instanceof Uint8Array) return bytes;
  // Nobody waits for it: nor may its rejection end the process.
  if (bytes instanceof Promise) bytes.catch(() => {});
  const kind = bytes instanceof Promise ? "a promise" : typeof bytes;
  throw bad(codec.name, `${method} gives bytes at once, not ${kind}`);
}

const bad = (name: string, why: string, cause?: unknown): RaftoralError =>
  new RaftoralError("invalid-argument", `the codec "${name}": ${why}`, { cause });
