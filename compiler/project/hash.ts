import { createHash } from "node:crypto";

/** Tells contents apart. Not a secret, not a signature. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
