// What the directory of snapshots' bodies holds, for people. Reads, and changes nothing.

import { index } from "../../std/ids.ts";
import { decodeManifest } from "../snapshot-codec.ts";
import {
  BROKEN,
  bodyReader,
  damagedChunks,
  isBody,
  isUnreadable,
  nameOf,
  readEnd,
} from "./body-file.ts";
import type { File, FileSystem } from "./file-system.ts";

export interface BodyReport {
  readonly name: string;
  /** All of the file. */
  readonly fileBytes: number;
  /**
   * Damaged: it is not what was written, and the next start sets it aside. Set aside: it was found
   * so at an earlier one, and is kept for people.
   */
  readonly kind: "whole" | "damaged" | "set-aside";
  /** What its end tells; undefined: that is damaged too. */
  readonly told: BodyTold | undefined;
}

export interface BodyTold {
  readonly index: number;
  readonly term: number;
  readonly bytes: number;
  readonly takenAtMs: number;
  readonly chunks: number;
  /** Numbers of the chunks that are not what was written, from 0. */
  readonly damagedChunks: readonly number[];
}

/** In the order of their indexes. @throws FileError */
export async function inspectBodies(
  fs: FileSystem,
  directory: string,
): Promise<readonly BodyReport[]> {
  const names = await fs.list(directory);
  const bodies = names.filter((name) => isBody(name.replace(BROKEN, "")));
  return await Promise.all(bodies.map((name) => inspectBody(fs, directory, name)));
}

async function inspectBody(fs: FileSystem, directory: string, name: string): Promise<BodyReport> {
  const file = await fs.open(`${directory}/${name}`);
  try {
    const fileBytes = await file.size();
    const told = await toldBy(file).catch((error: unknown) => {
      if (isUnreadable(error)) return undefined;
      throw error;
    });
    const isNamed = told !== undefined && name === nameOf(index(told.index));
    const isWhole = isNamed && told.damagedChunks.length === 0;
    const kind = name.endsWith(BROKEN) ? "set-aside" : isWhole ? "whole" : "damaged";
    return { name, fileBytes, kind, told };
  } finally {
    await file.close();
  }
}

async function toldBy(file: File): Promise<BodyTold | undefined> {
  const snapshot = await readEnd(file);
  if (snapshot === undefined) return;
  const { bytes, checksums, takenAtMs } = decodeManifest(snapshot.data);
  const damaged = await damagedChunks(bodyReader(file, snapshot));
  const { index, term } = snapshot;
  return { index, term, bytes, takenAtMs, chunks: checksums.length, damagedChunks: damaged };
}

/** In a sentence, if it is damaged. */
export function problemOf({ kind, name, told }: BodyReport): string | undefined {
  if (kind !== "damaged") return;
  const chunks = told?.damagedChunks ?? [];
  const where =
    told === undefined
      ? "its end"
      : chunks.length === 0
        ? `it is the one at ${told.index}`
        : `of its ${told.chunks} chunks: ${chunks.join(", ")}`;
  return (
    `snapshots/${name} is not what was written (${where}): ` +
    "the next start sets it aside, and goes on from the one before it"
  );
}
