// What laws of snapshots and of full or failing disks must kill: by name, and where those let one
// live, the simulator of whole nodes.

import type { Mutant } from "./mutant.ts";

const BODIES = "src/storage/disk/disk-snapshots.ts";
const FETCHER = "src/replica/snapshot-fetcher.ts";
const MENDING = "src/replica/mending.ts";
const SNAPSHOTS = "src/replica/snapshots.ts";
const SUMS = "src/storage/chunk-sums.ts";
const WAL = "src/storage/disk/wal.ts";

const LAWS = ["replica/snapshots", "replica/mending", "storage/snapshots", "storage/damage"];

const taken: readonly Mutant[] = [
  {
    name: "a snapshot says that it is of the entry before",
    breaks: "snapshots",
    file: SNAPSHOTS,
    find: "    const what = { index: at,",
    replace: "    const what = { index: index(at - 1),",
    first: LAWS,
  },
  {
    name: "the log is cut at the newest snapshot",
    breaks: "snapshots I1",
    file: SNAPSHOTS,
    find: "Math.max(0, Math.min(before.index, newest.index - trailing))",
    replace: "Math.max(0, Math.max(before.index, newest.index - trailing))",
    first: LAWS,
  },
  {
    name: "the log is cut before its snapshot is durable",
    breaks: "snapshots I1",
    file: SNAPSHOTS,
    find: "    this.#isTaking = true;\n    this.#isWanted = false;",
    replace:
      "    this.#isTaking = true;\n    this.#isWanted = false;\n" +
      "    this.#parts.persister.cut({ index: at, term: term.value, confState, " +
      "data: this.#newest?.data ?? new Uint8Array() });",
    first: LAWS,
  },
  {
    name: "no window of the log is left before a snapshot",
    breaks: "trailingEntries",
    file: SNAPSHOTS,
    find: "const trailing = isLarge ? 0 : limits.trailingEntries;",
    replace: "const trailing = isLarge ? 0 : limits.trailingEntries * 0;",
    first: LAWS,
  },
  {
    name: "the one before the newest is removed too early",
    breaks: "snapshots I1",
    file: "src/storage/snapshot-port.ts",
    find: "SNAPSHOTS_KEPT = 2",
    replace: "SNAPSHOTS_KEPT = 1",
    first: LAWS,
  },
  {
    name: "a body gets its name before it is synced",
    breaks: "snapshot port 1",
    file: BODIES,
    find: "          await file.sync();\n          await this.#fs.rename",
    replace: "          await this.#fs.rename",
    first: LAWS,
  },
  {
    name: "the name of a body is not synced",
    breaks: "snapshot port 1",
    file: BODIES,
    find: "    await this.#fs.syncDirectory(this.#directory);\n    const all",
    replace: "    const all",
    first: LAWS,
  },
];

const verified: readonly Mutant[] = [
  {
    name: "a chunk is read without its checksum",
    breaks: "snapshot port 2",
    file: SUMS,
    find: "crc32(bytes, checksums[number - 1] ?? 0) === checksums[number];",
    replace: "crc32(bytes, checksums[number - 1] ?? 0) === checksums[number] || bytes.length > 0;",
    first: LAWS,
  },
  {
    name: "a chunk that comes is taken without its checksum",
    breaks: "fetcher I1",
    file: SUMS,
    find: "if (this.#expected !== undefined && expected !== this.#present) {",
    replace: "if (this.#expected !== undefined && expected === -1) {",
    first: LAWS,
  },
  {
    name: "what was set aside as broken is there all the same",
    breaks: "snapshot port 2",
    file: BODIES,
    find: "      if (snapshot === undefined) await this.#setAside(name);",
    replace: "      if (snapshot === undefined) continue;",
    first: LAWS,
  },
  {
    name: "a snapshot that does not fit the log is gone on from",
    breaks: "snapshots I2",
    file: SNAPSHOTS,
    find: "    return at >= base && found.ok && found.value === term;",
    replace: "    return at >= base && (!found.ok || found.value === term);",
    first: LAWS,
  },
];

const restored: readonly Mutant[] = [
  {
    name: "runs of before stay where a state is restored",
    breaks: "snapshots",
    file: "src/workflow/machine/snapshot.ts",
    find: "    Object.assign(this.#into, built);",
    replace:
      "    for (const [id, run] of this.#into.runs) " +
      "if (!built.runs.has(id)) built.runs.set(id, run);\n" +
      "    Object.assign(this.#into, built);",
    first: ["workflow/machine/codec", "workflow/machine/view", "workflow/machine/laws"],
  },
];

const streamed: readonly Mutant[] = [
  {
    name: "after a pause a body is asked for from its beginning",
    breaks: "fetcher I2",
    file: FETCHER,
    find: "    fetch.movedAtMs = nowMs;\n    fetch.askedTo = fetch.writer.size;",
    replace: "    fetch.movedAtMs = nowMs;\n    fetch.askedTo = 0;",
    first: LAWS,
  },
  {
    name: "the same body of another leader begins anew",
    breaks: "fetcher I2",
    file: FETCHER,
    find: "if (present !== undefined && isSame(present.snapshot, snapshot)) {",
    replace: "if (present !== undefined && present.offer === offer) {",
    first: LAWS,
  },
  {
    name: "all parts are asked for at once",
    breaks: "fetcher I3",
    file: FETCHER,
    find: "while (fetch.askedTo < fetch.manifest.bytes && fetch.askedTo < most) {",
    replace: "while (fetch.askedTo < fetch.manifest.bytes && most >= 0) {",
    first: LAWS,
  },
  {
    name: "the names of members are not in a snapshot",
    breaks: "snapshots",
    file: SNAPSHOTS,
    find: "restore(snapshot.confState, addresses);",
    replace: "restore(snapshot.confState, addresses.slice(0, 0));",
    first: LAWS,
  },
  {
    name: "the members are not in a snapshot",
    breaks: "snapshots",
    file: SNAPSHOTS,
    find: "confState, addresses: peers.addresses };",
    replace: "confState: { ...confState, voters: [] }, addresses: peers.addresses };",
    first: LAWS,
  },
  {
    name: "who gets a snapshot need not be in it",
    breaks: "DESIGN 8",
    file: SNAPSHOTS,
    find: "if (newest !== undefined && isSameConf(newest.confState, confState)) return ok(newest);",
    replace: "if (newest !== undefined && confState !== undefined) return ok(newest);",
    first: LAWS,
  },
  {
    name: "what is being installed is forgotten when another one comes",
    breaks: "snapshots I2",
    file: SNAPSHOTS,
    find: "        if (isTaken) this.#prepared.set",
    replace: "        this.#prepared.clear();\n        if (isTaken) this.#prepared.set",
    first: LAWS,
  },
  {
    name: "what a snapshot holds is applied once more",
    breaks: "replica I3",
    file: "src/replica/replica.ts",
    find: "  #installed(at: Index): void {\n    this.#applied = at;",
    replace: "  #installed(at: Index): void {\n    if (at < 0) this.#applied = at;",
    first: LAWS,
  },
];

const mended: readonly Mutant[] = [
  {
    name: "a state of before the log's beginning will do",
    breaks: "mending I3",
    file: MENDING,
    find: "    if (this.#lacksState && stateAt !== undefined) return at >= stateAt;",
    replace: "    if (this.#lacksState && stateAt !== undefined) return at > 0;",
    first: LAWS,
  },
  {
    name: "what followed another entry stays behind a snapshot",
    breaks: "Raft 7",
    file: MENDING,
    find: "      if (!isFollowed || at <= snapshot.index)",
    replace: "      if ((!isFollowed && at < 0) || at <= snapshot.index)",
    first: LAWS,
  },
  {
    name: "who has cut the entries says nothing of its snapshot",
    breaks: "mending I3",
    file: "src/replica/lend.ts",
    find: "snapshot: isOne ? newest : undefined };",
    replace: "snapshot: isOne && places.length < 0 ? newest : undefined };",
    first: LAWS,
  },
  {
    name: "a log that a snapshot mends does not keep it",
    breaks: "durability",
    file: "src/storage/disk/disk-log-store.ts",
    find: "      if (snapshot !== undefined) await writeSnapshot(fs, directory, snapshot);\n",
    replace: "",
    first: ["storage/disk"],
  },
  {
    name: "a member that mends votes",
    breaks: "PAR",
    file: "src/replica/beginning.ts",
    find: "    if (store.faulty.length > 0) this.#mendEntries(store.faulty);",
    replace: "    if (store.faulty.length > 1_000) this.#mendEntries(store.faulty);",
    first: LAWS,
  },
];

const room: readonly Mutant[] = [
  {
    name: "the reserve is for everybody",
    breaks: "wal I3",
    file: WAL,
    find: "    const isReserved = this.#isFull && !mayUseReserve;",
    replace: "    const isReserved = this.#isFull && !mayUseReserve && need < 0;",
    first: ["storage/full-disk"],
  },
  {
    name: "the reserve is for nobody",
    breaks: "wal I3",
    file: WAL,
    find: "    const isReserved = this.#isFull && !mayUseReserve;",
    replace: "    const isReserved = this.#isFull;",
    first: ["storage/full-disk"],
  },
  {
    name: "a disk that is full is not looked at again",
    breaks: "room I3",
    file: WAL,
    find: "    if (this.#isFull) void this.#look().catch(() => {});",
    replace: "",
    first: ["storage/full-disk", "node/full-disk"],
  },
  {
    name: "a full disk ends the node",
    breaks: "room I1",
    file: "src/replica/persist.ts",
    find: '    if (failure?.reason === "no-space") {',
    replace: "    if (failure === null) {",
    first: ["replica/persist", "node/full-disk"],
  },
  {
    name: "nobody is told that the disk failed",
    breaks: "fsyncgate",
    file: "src/storage/disk/final-failure.ts",
    find: "    for (const listener of this.#listeners) listener(failure);",
    replace: "",
    first: ["storage/final-failure"],
  },
  {
    name: "who asks after a failed disk hears nothing of it",
    breaks: "fsyncgate",
    file: "src/storage/disk/final-failure.ts",
    find: "    if (this.failure !== undefined) listener(this.failure);",
    replace: "",
    first: ["storage/final-failure"],
  },
  {
    name: "the rest of a short write is dropped",
    breaks: "file system",
    file: "src/storage/disk/node-file-system.ts",
    find: "    done += bytesWritten;",
    replace: "    done = bytesWritten < 0 ? done : bytes.length;",
    first: ["storage/full-disk"],
  },
  {
    name: "at the start a segment goes that has the first save that counts",
    breaks: "wal I5",
    file: "src/storage/disk/disk-log-store.ts",
    find: "  return segments.findLast(({ sequence }) => sequence <= first)?.sequence ?? first;",
    replace: "  return segments.findLast(({ sequence }) => sequence < 0)?.sequence ?? first;",
    first: ["storage/full-disk"],
  },
];

export const snapshots: readonly Mutant[] = [
  ...taken,
  ...verified,
  ...restored,
  ...streamed,
  ...mended,
  ...room,
];
