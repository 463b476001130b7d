import { RaftoralError } from "../../../errors.ts";
import { FileError, isNoSpace } from "../../../storage/disk/file-system.ts";
import type { Place } from "./place.ts";

/**
 * A node may end by itself: where its disk failed it, where there is no room for what it must write
 * to begin, and where nobody lets it in.
 */
export function isExpectedEnd(place: Place, error: unknown): boolean {
  const { isDiskBroken, process, wasFull } = place;
  if (isDiskBroken) return isDiskFailure(error);
  if (isGivenUp(place, error)) return true;
  if (wasFull && process?.isReady !== true && isDiskFull(error)) return true;
  return error instanceof RaftoralError && error.code === "join-refused" && error.retryable;
}

/** What is damaged beyond what others can make good is told, and never guessed at. */
export const isGivenUp = ({ isDamaged }: Place, error: unknown): boolean =>
  isDamaged && error instanceof RaftoralError && error.code === "log-damaged";

const isDiskFull = (error: unknown): boolean =>
  isNoSpace(error) || (error instanceof RaftoralError && error.code === "disk-full");

function isDiskFailure(error: unknown): boolean {
  if (error instanceof FileError) return true;
  if (error instanceof RaftoralError && error.code === "join-refused") return true;
  return error instanceof Error && error.message.includes("disk");
}
