// The file of a snapshot's body: the bytes, then what they stand for, then where that begins.

import { crc32 } from "node:zlib";
import { readSnapshot, writeSnapshot } from "../../raft/codec.ts";
import type { Snapshot } from "../../raft/types.ts";
import { ByteReader, ByteWriter, MalformedError } from "../../std/bytes.ts";
import type { Index } from "../../std/ids.ts";
import { isChunk } from "../chunk-sums.ts";
import { chunkAt, decodeManifest } from "../snapshot-codec.ts";
import type { SnapshotReader } from "../snapshot-port.ts";
import { type File, FileError } from "./file-system.ts";
import { otherFormat } from "./known-format.ts";

const FORMAT = 1;
/** Length and checksum of what stands before it. */
const TAIL_BYTES = 8;

/** The ending of what is set aside. */
export const BROKEN = ".broken";

export const isBody = (name: string): boolean => /^\d{16}\.body$/.test(name);
export const nameOf = (at: Index): string => `${at.toString().padStart(16, "0")}.body`;

/** A sector that cannot be read is as good as rotten. */
export const isUnreadable = (error: unknown): boolean =>
  error instanceof FileError && error.call === "read";

export function bodyReader(file: File, snapshot: Snapshot): SnapshotReader {
  const manifest = decodeManifest(snapshot.data);
  return {
    snapshot,
    manifest,
    chunk: async (number) => {
      const { from, length } = chunkAt(manifest, number);
      const bytes = await file.read(from, length).catch((error: unknown) => {
        if (isUnreadable(error)) return new Uint8Array();
        throw error;
      });
      return bytes.length === length && isChunk(manifest, number, bytes) ? bytes : undefined;
    },
    close: () => file.close(),
  };
}

/** Numbers of those that are not what was written. */
export async function damagedChunks({
  chunk,
  manifest,
}: SnapshotReader): Promise<readonly number[]> {
  const damaged: number[] = [];
  for (let number = 0; number < manifest.checksums.length; number++) {
    if ((await chunk(number)) === undefined) damaged.push(number);
  }
  return damaged;
}

export function encodeEnd(snapshot: Snapshot): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT);
  writeSnapshot(writer, snapshot);
  const body = writer.finish();
  const end = new Uint8Array(body.length + TAIL_BYTES);
  end.set(body);
  const view = new DataView(end.buffer);
  view.setUint32(body.length, body.length, true);
  view.setUint32(body.length + 4, crc32(body), true);
  return end;
}

/** undefined: it is not what was written. */
export async function readEnd(file: File): Promise<Snapshot | undefined> {
  const size = await file.size();
  const tail = await file.read(Math.max(0, size - TAIL_BYTES), TAIL_BYTES);
  if (tail.length < TAIL_BYTES) return;
  const view = new DataView(tail.buffer, tail.byteOffset, TAIL_BYTES);
  const length = view.getUint32(0, true);
  const from = size - TAIL_BYTES - length;
  if (from < 0) return;
  const body = await file.read(from, length);
  if (crc32(body) !== view.getUint32(4, true)) return;
  try {
    const snapshot = decodeEnd(body);
    return decodeManifest(snapshot.data).bytes === from ? snapshot : undefined;
  } catch (error) {
    if (error instanceof MalformedError) return;
    throw error;
  }
}

/** @throws MalformedError, RaftoralError `version-mismatch` */
function decodeEnd(body: Uint8Array): Snapshot {
  const reader = new ByteReader(body);
  const format = reader.u8();
  if (format !== FORMAT) throw otherFormat("a snapshot", format, FORMAT);
  const snapshot = readSnapshot(reader);
  reader.end();
  return snapshot;
}
