// How a replica ended, and what those hear who asked it for something.

import { DiskFull, RaftoralError } from "../errors.ts";
import type { StorageFailure } from "../storage/port.ts";

export interface End {
  readonly role: "stopped" | "failed";
  readonly reason?: Error;
}

export function endError(name: string, { role, reason }: End): RaftoralError {
  if (role === "stopped") return new RaftoralError("node-stopped", `${name} has stopped`);
  const message = `${name} has failed: ${reason?.message}`;
  return new RaftoralError("node-failed", message, { cause: reason });
}

/** Names the file and what was asked of it. */
export function failureError(name: string, { cause, reason }: StorageFailure): RaftoralError {
  const why = cause instanceof Error ? cause.message : String(cause);
  if (reason === "no-space") {
    const message = `the disk of ${name} has no room for what it must write first: ${why}`;
    return new DiskFull(message, { cause });
  }
  return new RaftoralError("node-failed", `the disk of ${name} failed: ${why}`, { cause });
}

export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));
