import { failureError } from "../replica/end.ts";
import { FileError } from "../storage/disk/file-system.ts";

/** What the file system says, as this library's own error. */
export function diskError(name: string, error: unknown): unknown {
  if (!(error instanceof FileError)) return error;
  const reason = error.reason === "no-space" ? "no-space" : "write-failed";
  return failureError(name, { reason, cause: error });
}
