// What the disk profile must kill: each way of promising what a loss of power can take back.

import type { Catalogue, Mutant } from "./mutant.ts";

const FRAME = "src/storage/disk/frame.ts";
const SCAN = "src/storage/disk/scan.ts";
const SEGMENT = "src/storage/disk/segment.ts";
const SNAPSHOT = "src/storage/disk/snapshot-file.ts";
const STORE = "src/storage/disk/disk-log-store.ts";
const OUTLINE = "src/storage/disk/outline-codec.ts";
const READ = "src/storage/disk/read-log.ts";
const RECOVER = "src/storage/disk/recover.ts";
const REGISTER = "src/storage/disk/register.ts";
const WAL = "src/storage/disk/wal.ts";

const syncs: readonly Mutant[] = [
  {
    name: "a frame is told as done before it is synced",
    breaks: "durability",
    file: WAL,
    find: "    const written = file.writeSafely(at, draft.bytes);",
    replace: "    const written = file.write(at, draft.bytes);",
  },
  {
    name: "nobody waits for the write",
    breaks: "durability",
    file: STORE,
    find: "      await wal.append(frameOf({ hardState, entries }, mayUseReserve === true));",
    replace: "      void wal.append(frameOf({ hardState, entries }, mayUseReserve === true));",
  },
  {
    name: "a new segment's name is not synced",
    breaks: "directories",
    file: SEGMENT,
    find: "  await fs.syncDirectory(directory);",
    replace: "",
  },
  {
    name: "a snapshot is renamed before it is synced",
    breaks: "snapshots",
    file: SNAPSHOT,
    find: "    await file.write(0, frame);\n    await file.sync();",
    replace: "    await file.write(0, frame);",
  },
];

const order: readonly Mutant[] = [
  {
    name: "the log is let go before the snapshot counts",
    breaks: "snapshots",
    file: WAL,
    find: "    await this.#write(frame, draft, present);\n    await present.register",
    replace:
      "    await this.forget(present.sequence);\n" +
      "    await this.#write(frame, draft, present);\n    await present.register",
  },
  {
    name: "a snapshot replaces nothing of the log",
    breaks: "snapshots",
    file: STORE,
    find: "await wal.appendAnew(frameOf({ hardState: lasting, entries, mark }));",
    replace:
      "await wal.appendAnew(frameOf({ hardState: lasting, entries, mark: mark && undefined }));",
  },
  {
    name: "the snapshot that the log speaks of is removed",
    breaks: "snapshots",
    file: SNAPSHOT,
    find: "if (name !== nameOf(but)) await",
    replace: "if (name === nameOf(but)) await",
  },
  {
    name: "the new segment is removed with the old ones, where it took a name over",
    breaks: "segments",
    file: WAL,
    find: "names.filter((name) => sequenceOf(name) < from);",
    replace: "names.filter((name) => sequenceOf(name) <= from);",
  },
  {
    name: "frames are written over each other",
    breaks: "segments",
    file: WAL,
    find: "    present.at = end;",
    replace: "    present.at = end > present.size ? end : at;",
  },
  {
    name: "frames are not numbered on",
    breaks: "segments",
    file: WAL,
    find: "    this.#sequence++;",
    replace: "",
  },
];

const cuts: readonly Mutant[] = [
  {
    name: "a cut lets go of a segment that has the next entry",
    breaks: "compaction",
    file: WAL,
    find: "this.#kept.find(({ lastIndex }) => lastIndex > upTo)",
    replace: "this.#kept.find(({ lastIndex }) => lastIndex > upTo + 1)",
  },
  {
    name: "after a restart nobody knows what a segment holds",
    breaks: "compaction",
    file: WAL,
    find: "    if (segment !== undefined) segment.lastIndex = Math.max",
    replace: "    if (segment === undefined) Math.max",
  },
  {
    name: "a cut does not say what it keeps",
    breaks: "compaction",
    file: STORE,
    find: "const mark = { snapshotAt: snapshot.index, keptFrom };",
    replace: "const mark = { snapshotAt: snapshot.index, keptFrom: keptFrom < 0 ? 0 : undefined };",
  },
  {
    name: "segments go before the log says that it is read without them",
    breaks: "compaction",
    file: STORE,
    find: "    await wal.append(frameOf({ hardState, entries: [], mark }));",
    replace:
      "    await wal.forget(keptFrom);\n" +
      "    await wal.append(frameOf({ hardState, entries: [], mark }));",
  },
  {
    name: "a cut forgets term, vote and commit",
    breaks: "compaction",
    file: STORE,
    find: "    await wal.append(frameOf({ hardState, entries: [], mark }));",
    replace: "    await wal.append(frameOf({ entries: [], mark }));",
  },
  {
    name: "what is kept of a cut log is not missed",
    breaks: "PAR",
    file: READ,
    find: "  return first > from ? [{ from, to: first }] : [];",
    replace: "  return first > from && from < 0 ? [{ from, to: first }] : [];",
  },
  {
    name: "a save within the snapshot discards nothing behind it",
    breaks: "Raft 5.3",
    file: RECOVER,
    find: "if (isAnew || (first !== undefined && first.index <= base)) view",
    replace: "if (isAnew) view",
  },
];

const damage: readonly Mutant[] = [
  {
    name: "what a crash tore is not cleared",
    breaks: "torn tails",
    file: WAL,
    find: "await clear(file, tail.end, tail.size);",
    replace: "await file.sync();",
  },
  {
    name: "a torn tail is taken for rot",
    breaks: "torn tails",
    file: SCAN,
    find: `isTorn(bytes, at, sequence) ? "torn" : "rotten"`,
    replace: `isTorn(bytes, at, sequence) ? "rotten" : "rotten"`,
  },
  {
    name: "rot is taken for a torn tail",
    breaks: "PAR",
    file: SCAN,
    find: `isTorn(bytes, at, sequence) ? "torn" : "rotten"`,
    replace: `isTorn(bytes, at, sequence) ? "torn" : "torn"`,
    also: [
      {
        file: SCAN,
        find: `  if (next !== undefined) return { kind: "rotten", next };`,
        replace: '  if (next === -1) return { kind: "rotten", next };',
      },
    ],
  },
  {
    name: "a payload may have sectors of zeros",
    breaks: "torn tails",
    file: FRAME,
    find: "  while (constant.has(mask)) mask++;",
    replace: "",
    // In a whole log the outline of the frame tells it too.
    first: ["storage/scan"],
  },
  {
    name: "a payload is believed without its checksum",
    breaks: "PAR",
    file: FRAME,
    find: "  if (crc32(written, chain) !== checksum) return;",
    replace: "  if (crc32(written, chain) !== checksum && length < 0) return;",
  },
  {
    name: "a failed sync is tried again",
    breaks: "fsyncgate",
    file: "src/storage/disk/final-failure.ts",
    find: "    if (this.failure !== undefined) throw this.failure;",
    replace: "",
  },
  {
    name: "a failed write is told as done",
    breaks: "fsyncgate",
    file: STORE,
    find: `done({ reason: isNoSpace(cause) ? "no-space" : "write-failed", cause });`,
    replace: "done();",
  },
];

const rot: readonly Mutant[] = [
  {
    name: "a save that rotted is passed over",
    breaks: "PAR",
    file: READ,
    find: "    else missing.push(sequence);",
    replace: "",
    also: [
      {
        file: READ,
        find: `    else if (outline !== undefined) all.push({ kind: "outlined"`,
        replace: `    else if (sequence < 0 && outline) all.push({ kind: "outlined"`,
      },
    ],
  },
  {
    name: "an entry that rotted counts as there",
    breaks: "PAR",
    file: RECOVER,
    find: "    if (outline.index > base) view.lose(faultyEntry(outline));",
    replace: "    if (outline.index > base) faultyEntry(outline);",
  },
  {
    name: "a complete save that rotted at the end is taken for a torn one",
    breaks: "CTRL",
    file: READ,
    find: "  if (outline === undefined || last < content.sequence - 1) return content;",
    replace: "  if (outline === undefined || last >= 0) return content;",
  },
  {
    name: "the register knows a save before it is durable",
    breaks: "CTRL",
    file: WAL,
    find: "    const written = file.writeSafely(at, draft.bytes);",
    replace:
      "    present.register.note(sequence, frame.outline({ end, checksum }));\n" +
      "    const written = file.writeSafely(at, draft.bytes);",
  },
  {
    name: "an entry is mended by whatever has its place",
    breaks: "CTRL",
    file: OUTLINE,
    find: "      entry.data.length === bytes &&\n      crc32(entry.data) === checksum,",
    replace: "      entry.data.length >= 0,",
  },
  {
    name: "what mends a log is not written",
    breaks: "durability",
    file: STORE,
    find: "      await this.beginAnew();\n      if (snapshot",
    replace: "      if (snapshot",
  },
  {
    name: "what a killed process left is read before it is safe",
    breaks: "durability",
    file: WAL,
    find: "    else await file.sync();",
    replace: "",
  },
  {
    name: "one record that rotted hides those behind it",
    breaks: "PAR",
    file: REGISTER,
    find: "payload === undefined ? HEADER_BYTES : frameBytes(payload.length);",
    replace: "payload === undefined ? bytes.length : frameBytes(payload.length);",
  },
  {
    name: "what a register lost is not written again",
    breaks: "CTRL",
    file: STORE,
    find: "    if (bare.length === 0) continue;",
    replace: "    if (bare.length >= 0) continue;",
  },
];

/** A disk that writes to the wrong place. */
const misplaced: readonly Mutant[] = [
  {
    name: "a record of a register may be read as a frame",
    breaks: "PAR",
    file: REGISTER,
    find: 'chain: 0, kind: "record" }',
    replace: "chain: 0 }",
    also: [
      {
        file: REGISTER,
        find: 'readHeader(bytes, at, "record");',
        replace: "readHeader(bytes, at);",
      },
    ],
  },
  {
    name: "a frame found before its place hides those that it went over",
    breaks: "PAR",
    file: SCAN,
    find: "    if (header.sequence >= (found?.sequence ?? Number.POSITIVE_INFINITY)) continue;",
    replace: "    if (found !== undefined) continue;",
  },
  {
    name: "the log ends where a frame was found that is not in its place",
    breaks: "PAR",
    file: READ,
    find: "  if (last < content.sequence && !isMoved) return content;",
    replace: "  if (last < content.sequence || isMoved) return content;",
  },
  {
    name: "a frame of before behind the end is taken for one that rotted",
    breaks: "torn tails",
    file: SCAN,
    find: "  if (header.sequence < sequence) return true;",
    replace: "",
  },
  {
    name: "a last frame that went astray before its outline was safe is not looked for",
    breaks: "durability",
    file: READ,
    find: '"unknown" ? [] : following(all, tail);',
    replace: '"unknown" ? [] : following([], tail);',
    first: ["storage/misdirected"],
  },
  {
    name: "what is left of a frame that went astray tells nothing",
    breaks: "durability",
    file: READ,
    find: '    return { tail: { ...tail, sequence: last.sequence, tail: "unknown" }, strays };',
    replace: "    return { tail, strays: [] };",
    first: ["storage/misdirected"],
  },
  {
    name: "a snapshot is taken for that of another place",
    breaks: "snapshots",
    file: SNAPSHOT,
    find: "    if (snapshot.index !== at) throw",
    replace: "    if (snapshot.index < 0) throw",
  },
];

export const disk: Catalogue = {
  profile: "disk",
  seeds: 2_000,
  tests: ["test/storage"],
  mutants: [...syncs, ...order, ...cuts, ...damage, ...rot, ...misplaced],
};
