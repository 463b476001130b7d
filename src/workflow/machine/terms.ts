// What a start asks for beside its input. A chain of continued runs keeps it.

import type { ByteWriter } from "../../std/bytes.ts";
import { readList } from "./batch-codec.ts";
import { readOf, writeOf } from "./record-codec.ts";
import type { FrameReader } from "./wire.ts";

/** `key` to `value`, sorted by key. */
export type Tags = readonly (readonly [key: string, value: string])[];

/** What a start does when its workflow id is taken. */
export type OnConflict = "join" | "fail" | "replace";

export interface StartTerms {
  readonly tags: Tags;
  /** The run, or its chain, ends as timed out so long after its Start. */
  readonly timeoutMs?: number;
  /** Its body begins so long after its Start; what continues it begins at once. */
  readonly delayMs?: number;
  /** How long it is kept after its end; undefined: as long as the group keeps any. */
  readonly retentionMs?: number;
  readonly onConflict: OnConflict;
  /** Minted by the caller: the same start sent again is the same one (SEMANTICS 25). */
  readonly requestId: string;
  /** Owned by the fit member that owns fewest runs when it is applied, whoever was asked for. */
  readonly isBalanced: boolean;
}

export const NO_TERMS: StartTerms = {
  tags: [],
  onConflict: "join",
  requestId: "",
  isBalanced: false,
};

const CONFLICTS: readonly OnConflict[] = ["join", "fail", "replace"];

export function writeTerms(writer: ByteWriter, terms: StartTerms): ByteWriter {
  const { tags, timeoutMs, retentionMs, delayMs, onConflict, requestId, isBalanced } = terms;
  writer.uint(tags.length);
  for (const [key, value] of tags) writer.text(key).text(value);
  // One more, so that 0 says that there is none.
  writer.uint(timeoutMs === undefined ? 0 : timeoutMs + 1);
  writer.uint(retentionMs === undefined ? 0 : retentionMs + 1).uint(delayMs ?? 0);
  return writeOf(CONFLICTS, writer, onConflict).text(requestId).bool(isBalanced);
}

export function readTerms(reader: FrameReader): StartTerms {
  const tags = readList(reader, (from) => [from.text(), from.text()] as const);
  const [timeout, retention, delayMs] = [reader.uint(), reader.uint(), reader.uint()];
  const onConflict = readOf(CONFLICTS, reader);
  const terms = { tags, onConflict, requestId: reader.text(), isBalanced: reader.bool() };
  const isTimeless = timeout === 0 && retention === 0 && delayMs === 0;
  if (tags.length === 0 && isTimeless && isDefault(terms)) return NO_TERMS;
  return {
    ...terms,
    ...(timeout === 0 ? {} : { timeoutMs: timeout - 1 }),
    ...(retention === 0 ? {} : { retentionMs: retention - 1 }),
    ...(delayMs === 0 ? {} : { delayMs }),
  };
}

/** One for all runs that ask for nothing: they are most. */
const isDefault = (terms: Omit<StartTerms, "tags">): boolean =>
  terms.onConflict === "join" && terms.requestId === "" && !terms.isBalanced;
