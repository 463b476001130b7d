import { RaftoralError } from "../errors.ts";
import { failureError } from "../replica/end.ts";
import { FileError } from "../storage/disk/file-system.ts";

/** The system's words for what no waiting and no repair of a disk changes. */
const UNUSABLE = ["EACCES", "EPERM", "EROFS", "ENOTDIR", "EISDIR", "EEXIST", "ELOOP"] as const;

/** What the file system says at a start, as this library's own error. */
export function diskError(name: string, error: unknown): unknown {
  if (!(error instanceof FileError)) return error;
  if (isUnusable(error)) return unusable(error);
  const reason = error.reason === "no-space" ? "no-space" : "write-failed";
  return failureError(name, { reason, cause: error });
}

const isUnusable = ({ cause }: FileError): boolean =>
  cause instanceof Error && "code" in cause && UNUSABLE.some((code) => code === cause.code);

export const unusable = (cause: FileError): RaftoralError =>
  new RaftoralError(
    "directory-unusable",
    `the directory cannot be used: ${cause.message}. Give the node one that it may read and ` +
      "write, and that holds nothing but what nodes put there",
    { cause },
  );
