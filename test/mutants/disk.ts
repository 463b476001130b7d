// What the disk profile must kill: each way of promising what a loss of power can take back.

import type { Catalogue, Mutant } from "./mutant.ts";

const FRAME = "src/storage/disk/frame.ts";
const SCAN = "src/storage/disk/scan.ts";
const SEGMENT = "src/storage/disk/segment.ts";
const SNAPSHOT = "src/storage/disk/snapshot-file.ts";
const STORE = "src/storage/disk/disk-log-store.ts";
const WAL = "src/storage/disk/wal.ts";

const syncs: readonly Mutant[] = [
  {
    name: "a frame is told as done before it is synced",
    breaks: "durability",
    file: WAL,
    find: "    await file.write(at, frame.bytes);\n    await file.sync();",
    replace: "    await file.write(at, frame.bytes);",
  },
  {
    name: "nobody waits for the write",
    breaks: "durability",
    file: STORE,
    find: "      await wal.append(encodeSave({ hardState, entries }));",
    replace: "      void wal.append(encodeSave({ hardState, entries }));",
  },
  {
    name: "a new segment's name is not synced",
    breaks: "directories",
    file: SEGMENT,
    find: "  await fs.syncDirectory(directory);",
    replace: "",
  },
  {
    name: "a new segment's header is not synced",
    breaks: "directories",
    file: SEGMENT,
    find: "  await spare.file.write(0, encodeHeader(header));\n  await spare.file.sync();",
    replace: "  await spare.file.write(0, encodeHeader(header));",
  },
  {
    name: "a snapshot is renamed before it is synced",
    breaks: "snapshots",
    file: SNAPSHOT,
    find: "  await file.write(0, frame);\n  await file.sync();",
    replace: "  await file.write(0, frame);",
  },
];

const order: readonly Mutant[] = [
  {
    name: "the log is let go before the snapshot counts",
    breaks: "snapshots",
    file: WAL,
    find:
      "    await this.append(payload);\n" +
      "    const old = before.filter((name) => name !== present);",
    replace:
      "    const append = (): Promise<void> => this.append(payload);\n" +
      "    const old = before.filter((name) => name !== present);",
    also: [
      {
        file: WAL,
        find: "    await fs.syncDirectory(directory);\n  }\n\n  async close",
        replace:
          "    await fs.syncDirectory(directory);\n    await append();\n  }\n\n  async close",
      },
    ],
  },
  {
    name: "a snapshot replaces nothing of the log",
    breaks: "snapshots",
    file: STORE,
    find: "const marked = { hardState: lasting, entries, snapshotAt: snapshot.index };",
    replace: "const marked = { hardState: lasting, entries };",
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
    find: "before.filter((name) => name !== present);",
    replace: "before.filter((name) => name !== '' || present === '');",
  },
  {
    name: "frames are written over each other",
    breaks: "segments",
    file: WAL,
    find: "    present.at += need;",
    replace: "    present.at += need > present.size ? need : 0;",
  },
  {
    name: "frames are not numbered on",
    breaks: "segments",
    file: WAL,
    find: "    this.#sequence++;",
    replace: "",
  },
];

const damage: readonly Mutant[] = [
  {
    name: "what a crash tore is not cleared",
    breaks: "torn tails",
    file: WAL,
    find: `    if (verdict.kind === "torn") await clear(file, end, header.size);`,
    replace: "",
  },
  {
    name: "a torn tail is taken for rot",
    breaks: "torn tails",
    file: SCAN,
    find: `isTorn(bytes, at) ? "torn" : "rotten"`,
    replace: `isTorn(bytes, at) ? "rotten" : "rotten"`,
  },
  {
    name: "rot is taken for a torn tail",
    breaks: "PAR",
    file: SCAN,
    find: `isTorn(bytes, at) ? "torn" : "rotten"`,
    replace: `isTorn(bytes, at) ? "torn" : "torn"`,
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
    file: STORE,
    find: "    if (this.#failure !== undefined) throw this.#failure.cause;",
    replace: "",
  },
  {
    name: "a failed write is told as done",
    breaks: "fsyncgate",
    file: STORE,
    find: "        done(this.#failure);",
    replace: "        perform(this.#parts.view, what);\n        done();",
  },
];

export const disk: Catalogue = {
  profile: "disk",
  seeds: 2_000,
  tests: ["test/storage"],
  mutants: [...syncs, ...order, ...damage],
};
