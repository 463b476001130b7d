// A snapshot as a file of its own: written whole under another name, then renamed. It counts from
// when the log says so.

import { crc32 } from "node:zlib";
import { RaftoralError } from "../../errors.ts";
import { readSnapshot as readFields, writeSnapshot as writeFields } from "../../raft/codec.ts";
import type { Snapshot } from "../../raft/types.ts";
import { ByteReader, ByteWriter, MalformedError } from "../../std/bytes.ts";
import type { Index } from "../../std/ids.ts";
import type { File, FileSystem } from "./file-system.ts";
import { otherFormat } from "./known-format.ts";

const FORMAT = 1;
const isSnapshot = (name: string): boolean => /^\d{16}\.snap$/.test(name);

export async function writeSnapshot(
  fs: FileSystem,
  directory: string,
  snapshot: Snapshot,
): Promise<void> {
  const body = encode(snapshot);
  const frame = new ByteWriter().uint(crc32(body)).bytes(body).finish();
  const path = `${directory}/snapshot.tmp`;
  const file = await fs.open(path);
  try {
    await file.write(0, frame);
    await file.sync();
  } finally {
    await file.close();
  }
  await fs.rename(path, `${directory}/${nameOf(snapshot.index)}`);
  await fs.syncDirectory(directory);
}

const nameOf = (at: Index): string => `${at.toString().padStart(16, "0")}.snap`;

/** All but the one that the log speaks of. */
export async function forgetSnapshots(
  fs: FileSystem,
  directory: string,
  but: Index,
): Promise<void> {
  const names = (await fs.list(directory)).filter(isSnapshot);
  for (const name of names) if (name !== nameOf(but)) await fs.unlink(`${directory}/${name}`);
}

async function readWhole(file: File): Promise<Uint8Array> {
  try {
    return await file.read(0, await file.size());
  } finally {
    await file.close();
  }
}

/** The one that the log speaks of. @throws RaftoralError `log-damaged`, `version-mismatch` */
export async function readSnapshot(
  fs: FileSystem,
  directory: string,
  at: Index,
): Promise<Snapshot> {
  const name = nameOf(at);
  // To open it would make it.
  if (!(await fs.list(directory)).includes(name)) throw damaged(`${name} is gone`);
  const file = await fs.open(`${directory}/${name}`);
  const bytes = await readWhole(file);
  try {
    const reader = new ByteReader(bytes);
    const checksum = reader.uint();
    const body = reader.bytes();
    // A longer file of this name may lie behind: the rest of it does not count.
    if (crc32(body) !== checksum) throw new MalformedError("its checksum");
    const snapshot = decode(body);
    // Left by a process that died, where a disk wrote the next one to the wrong place.
    if (snapshot.index !== at) throw new MalformedError(`it is that at ${snapshot.index}`);
    return snapshot;
  } catch (cause) {
    if (!(cause instanceof MalformedError)) throw cause;
    throw damaged(`${name} is not what was written (${cause.message})`, cause);
  }
}

const damaged = (what: string, cause?: Error): RaftoralError =>
  new RaftoralError(
    "log-damaged",
    `${what}, and the log behind it was cut: put back a copy of the whole directory, or, where ` +
      "there are other members, remove it and let the node join anew",
    { cause },
  );

function encode(snapshot: Snapshot): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT);
  writeFields(writer, snapshot);
  return writer.finish();
}

/** @throws MalformedError, RaftoralError `version-mismatch` */
function decode(bytes: Uint8Array): Snapshot {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw otherFormat("the snapshot of the log", format, FORMAT);
  const snapshot = readFields(reader);
  reader.end();
  return snapshot;
}
