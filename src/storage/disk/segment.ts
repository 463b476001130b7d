// A file of the log: made of zeros at its full size, so that a write in it changes no length and no
// directory, and what was never written is known as such.
// Its header says where its frames go on from.

import { crc32 } from "node:zlib";
import type { File, FileSystem } from "./file-system.ts";
import { HEADER_BYTES } from "./frame.ts";
import { otherFormat } from "./known-format.ts";
import type { ScanStart } from "./scan.ts";

const MAGIC = 0x53544652;
const FORMAT = 1;
const TWO_32 = 0x1_0000_0000;
const ZEROS = new Uint8Array(1024 * 1024);
const SUFFIX = ".seg";

export interface SegmentHeader {
  /** Number of its first frame, and what that is chained to. */
  readonly sequence: number;
  readonly chain: number;
  readonly size: number;
}

export const startOf = ({ sequence, chain }: SegmentHeader): ScanStart => ({
  at: HEADER_BYTES,
  sequence,
  chain,
});

/** Sorts as the numbers do. */
export const segmentName = (sequence: number): string =>
  `${sequence.toString().padStart(16, "0")}${SUFFIX}`;

export const sequenceOf = (name: string): number => Number(name.slice(0, 16));

export const isSegment = (name: string): boolean => /^\d{16}\.seg$/.test(name);

/** A file of zeros that waits to become a segment. */
export async function makeSpare(fs: FileSystem, path: string, size: number): Promise<File> {
  const file = await fs.open(path);
  try {
    for (let at = 0; at < size; at += ZEROS.length) {
      await file.write(at, ZEROS.subarray(0, Math.min(ZEROS.length, size - at)));
    }
    await file.sync();
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * From here on the spare is the segment of its name, whatever happens. Gives the file anew, under
 * that name: who hears of its failure must be able to find it.
 */
export async function commission(
  fs: FileSystem,
  spare: { readonly file: File; readonly path: string },
  place: { readonly directory: string; readonly header: SegmentHeader },
): Promise<File> {
  const { directory, header } = place;
  const path = `${directory}/${segmentName(header.sequence)}`;
  await spare.file.write(0, encodeHeader(header));
  await spare.file.sync();
  await fs.rename(spare.path, path);
  await fs.syncDirectory(directory);
  const file = await fs.open(path);
  await spare.file.close();
  return file;
}

function encodeHeader({ sequence, chain, size }: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, FORMAT, true);
  view.setUint32(8, sequence % TWO_32, true);
  view.setUint32(12, Math.floor(sequence / TWO_32), true);
  view.setUint32(16, chain, true);
  view.setUint32(20, size, true);
  view.setUint32(28, crc32(bytes.subarray(0, 28)), true);
  return bytes;
}

/**
 * undefined: damaged. A segment got its name only when its header was safe.
 * @throws RaftoralError `version-mismatch`
 */
export function readSegmentHeader(bytes: Uint8Array): SegmentHeader | undefined {
  if (bytes.length < HEADER_BYTES) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const isWhole =
    view.getUint32(0, true) === MAGIC && view.getUint32(28, true) === crc32(bytes.subarray(0, 28));
  if (!isWhole) return;
  const format = view.getUint32(4, true);
  if (format !== FORMAT) throw otherFormat("a segment of the log", format, FORMAT);
  return {
    sequence: view.getUint32(8, true) + view.getUint32(12, true) * TWO_32,
    chain: view.getUint32(16, true),
    size: view.getUint32(20, true),
  };
}
