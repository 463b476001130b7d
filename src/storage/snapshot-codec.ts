// What stands beside a snapshot's bytes and names each of them: told by a leader before it sends
// any, and kept behind them on disk. To the consensus core it is the snapshot's opaque `data`.

import { ByteReader, ByteWriter, MalformedError } from "../std/bytes.ts";

const FORMAT = 1;
/** No chunk that is asked for is larger, whoever made the manifest. */
export const CHUNK_BYTES_MAX: number = 16 * 1024 * 1024;

export interface SnapshotManifest {
  /** The wall clock of who took it; for people. */
  readonly takenAtMs: number;
  /** Of the whole body. */
  readonly bytes: number;
  /** Of each chunk but the last. */
  readonly chunkBytes: number;
  /** CRC-32 of each chunk, begun from that of the one before: a chunk out of place is found too. */
  readonly checksums: readonly number[];
}

export function encodeManifest(manifest: SnapshotManifest): Uint8Array {
  const { takenAtMs, bytes, chunkBytes, checksums } = manifest;
  const writer = new ByteWriter().u8(FORMAT).uint(Math.max(0, Math.trunc(takenAtMs)));
  writer.uint(bytes).uint(chunkBytes);
  for (const checksum of checksums) writer.uint(checksum);
  return writer.finish();
}

/** @throws MalformedError */
export function decodeManifest(data: Uint8Array): SnapshotManifest {
  const reader = new ByteReader(data);
  const format = reader.u8();
  if (format !== FORMAT) throw new MalformedError(`manifest format ${format}, known is ${FORMAT}`);
  const [takenAtMs, bytes, chunkBytes] = [reader.uint(), reader.uint(), reader.uint()];
  if (chunkBytes < 1 || chunkBytes > CHUNK_BYTES_MAX) throw new MalformedError("size of a chunk");
  const checksums: number[] = [];
  while (!reader.isDone) checksums.push(reader.uint());
  if (checksums.length !== Math.ceil(bytes / chunkBytes)) {
    throw new MalformedError(`${checksums.length} checksums for ${bytes} bytes`);
  }
  return { takenAtMs, bytes, chunkBytes, checksums };
}

/** Where a chunk begins, and how long it is. */
export function chunkAt(
  { bytes, chunkBytes }: Pick<SnapshotManifest, "bytes" | "chunkBytes">,
  number: number,
): { readonly from: number; readonly length: number } {
  const from = number * chunkBytes;
  return { from, length: Math.max(0, Math.min(chunkBytes, bytes - from)) };
}
