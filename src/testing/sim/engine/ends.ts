import { RaftoralError } from "../../../errors.ts";
import { FileError } from "../../../storage/disk/file-system.ts";
import type { Place } from "./place.ts";

/** A node may end by itself: where its disk failed it, and where nobody lets it in. */
export function isExpectedEnd({ isDiskBroken }: Place, error: unknown): boolean {
  if (isDiskBroken) return isDiskFailure(error);
  return error instanceof RaftoralError && error.code === "join-refused" && error.retryable;
}

function isDiskFailure(error: unknown): boolean {
  if (error instanceof FileError) return true;
  if (error instanceof RaftoralError && error.code === "join-refused") return true;
  return error instanceof Error && error.message.includes("disk");
}
