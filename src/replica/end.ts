// How a replica ended, and what those hear who asked it for something.

import { RaftoralError } from "../errors.ts";

export interface End {
  readonly role: "stopped" | "failed";
  readonly reason?: Error;
}

export function endError(name: string, { role, reason }: End): RaftoralError {
  if (role === "stopped") return new RaftoralError("node-stopped", `${name} has stopped`);
  const message = `${name} has failed: ${reason?.message}`;
  return new RaftoralError("node-failed", message, { cause: reason });
}

export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));
