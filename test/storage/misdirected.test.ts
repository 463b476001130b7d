import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../src/errors.ts";
import type { Entry } from "../../src/raft/types.ts";
import { prng } from "../../src/std/prng.ts";
import { openDiskLogStore } from "../../src/storage/disk/disk-log-store.ts";
import {
  frameBytes,
  HEADER_BYTES,
  readHeader,
  SECTOR_BYTES,
} from "../../src/storage/disk/frame.ts";
import { readFrom } from "../../src/storage/disk/read-segment.ts";
import { readRegister } from "../../src/storage/disk/register.ts";
import type { LogStore } from "../../src/storage/port.ts";
import { VirtualDisk } from "../../src/testing/sim/virtual-files.ts";
import { all, cut, entry, save, snapshotAt } from "../contract/log-store.ts";

/** A disk writes what it is given to a place that is not its own, and says that it is done. */
const test = suite("storage: writes in the wrong place", { limitMs: 60_000 });

const timers = {
  set: () => ({ cancel: () => {} }),
  defer: (fn: () => void) => void setImmediate(fn),
};
const SEGMENT_BYTES = 4_096;
const SEGMENT = "d/0000000000000001.seg";
const REGISTER = "d/0000000000000001.reg";

const openOn = (disk: VirtualDisk): Promise<LogStore> =>
  openDiskLogStore({ fs: disk.mount(timers), directory: "d", segmentBytes: SEGMENT_BYTES });

/** A log of ten saves in one segment; the process is gone. */
async function written(): Promise<{ disk: VirtualDisk; log: readonly Entry[] }> {
  const disk = new VirtualDisk(prng(3));
  const store = await openOn(disk);
  for (let at = 1; at <= 10; at++) await save(store, { entries: [entry(at, 1, 60 + 25 * at)] });
  const log = all(store);
  // Outlines are not waited for.
  while (readRegister(disk.bytes(REGISTER)).size < 10) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  disk.processDies();
  return { disk, log };
}

const shown = (entries: readonly Entry[]): string =>
  entries.map(({ data, index, term }) => `${index}@${term}:${data.length}:${data[0]}`).join(" ");

interface Piece {
  readonly at: number;
  readonly length: number;
}

const framesOf = (bytes: Uint8Array): readonly Piece[] =>
  readFrom(bytes, { at: HEADER_BYTES, sequence: 1, chain: 0 }, bytes.length).frames.map(
    ({ at, payload }) => ({ at, length: frameBytes(payload.length) }),
  );

/** What it went over is gone, nothing is where it was meant; then the later ones were written. */
function moved(bytes: Uint8Array, { at, length }: Piece, to: number): Uint8Array {
  const end = at + length;
  const after = new Uint8Array(bytes.length);
  after.set(bytes.subarray(0, at));
  after.set(bytes.subarray(at, Math.min(end, at + bytes.length - to)), to);
  for (const later of framesOf(bytes)) {
    if (later.at >= end) after.set(bytes.subarray(later.at, later.at + later.length), later.at);
  }
  return after;
}

function* placesFor(bytes: Uint8Array, { at, length }: Piece): Generator<number> {
  for (let to = at % SECTOR_BYTES; to < bytes.length; to += SECTOR_BYTES) {
    if (Math.abs(to - at) >= length) yield to;
  }
}

async function mended(store: LogStore, log: readonly Entry[]): Promise<void> {
  const { faulty } = store;
  const entries = log.filter((one) => faulty.some((other) => other.accepts(one)));
  assert.is(entries.length, faulty.length, "each faulty entry is known for what it was");
  if (faulty.length === 0) return;
  await new Promise((resolve) => store.mend({ entries }, resolve));
}

interface Outcomes {
  opened: number;
  faulty: number;
  refused: number;
}

/** It opens, and is mended to what it was; or it is refused as damaged, and nothing else. */
async function tried(
  files: Readonly<Record<string, Uint8Array>>,
  log: readonly Entry[],
  outcomes: Outcomes,
): Promise<void> {
  const disk = new VirtualDisk(prng(3));
  for (const [path, bytes] of Object.entries(files)) disk.put(path, bytes);
  try {
    const store = await openOn(disk);
    outcomes.opened++;
    outcomes.faulty += store.faulty.length;
    await mended(store, log);
    assert.is(shown(all(store)), shown(log));
    disk.processDies();
    assert.is(shown(all(await openOn(disk))), shown(log), "at the next start, too");
  } catch (error) {
    if (!(error instanceof RaftoralError)) throw error;
    assert.is(error.code, "log-damaged");
    outcomes.refused++;
  }
}

const none = (): Outcomes => ({ opened: 0, faulty: 0, refused: 0 });

/** What one left right behind the last frame may have been one, as far as anybody knows. */
test("a frame that went anywhere in its segment costs what the others have", async () => {
  const { disk, log } = await written();
  const segment = disk.bytes(SEGMENT);
  const outcomes = none();
  const end = framesOf(segment).reduce((most, { at, length }) => Math.max(most, at + length), 0);
  for (const frame of framesOf(segment)) {
    for (const to of placesFor(segment, frame)) {
      const files = {
        [SEGMENT]: moved(segment, frame, to),
        [REGISTER]: disk.bytes(REGISTER),
        "d/vote": disk.bytes("d/vote"),
      };
      const { faulty, refused } = outcomes;
      await tried(files, log, outcomes);
      const hit = framesOf(segment).filter(
        (one) => one.at === frame.at || (one.at < to + frame.length && to < one.at + one.length),
      );
      assert.ok(outcomes.faulty - faulty <= hit.length, "whoever was not hit is there");
      const isAtTheEnd = to < end && to + frame.length > end;
      assert.ok(refused === outcomes.refused || isAtTheEnd, `the frame at ${frame.at}, at ${to}`);
    }
  }
  assert.ok(outcomes.faulty > 50 && outcomes.refused > 0, JSON.stringify(outcomes));
});

/** The power goes before its outline is safe, for which nobody waits: the frame is all there is. */
test("a last frame that went astray, and has no outline yet, is found or missed", async () => {
  const { disk, log } = await written();
  const [segment, register] = [disk.bytes(SEGMENT), disk.bytes(REGISTER)];
  const outlines = registerOf(register);
  const last = framesOf(segment).at(-1);
  assert.ok(last);
  const frame = segment.slice(last.at, last.at + last.length);
  const vote = disk.bytes("d/vote");
  const inPlace = none();
  for (const to of placesFor(segment, last)) {
    const files = { [SEGMENT]: moved(segment, last, to), [REGISTER]: outlines, "d/vote": vote };
    await tried(files, log, inPlace);
  }
  assert.ok(inPlace.opened > 0 && inPlace.refused > 0, JSON.stringify(inPlace));
  const without = segment.slice().fill(0, last.at, last.at + last.length);
  const elsewhere = none();
  for (const path of ["d/0000000000000001.reg", "d/spare.tmp", "d/vote"]) {
    for (let to = last.at % SECTOR_BYTES; to < 3_000; to += SECTOR_BYTES) {
      const hit = new Uint8Array(SEGMENT_BYTES);
      hit.set(path === REGISTER ? outlines : path === "d/vote" ? vote : []);
      hit.set(frame, to);
      const files = { [SEGMENT]: without, [REGISTER]: outlines, "d/vote": vote, [path]: hit };
      await tried(files, log, elsewhere);
    }
  }
  assert.ok(elsewhere.opened > 10, JSON.stringify(elsewhere));
  const { refused } = elsewhere;
  const header = { "d/spare.tmp": frame.slice(0, HEADER_BYTES + 8) };
  const files = { [SEGMENT]: without, [REGISTER]: outlines, "d/vote": vote, ...header };
  await tried(files, log, elsewhere);
  assert.is(elsewhere.refused, refused + 1, "of what may have been complete nothing is left");
});

/** All but the last record. */
function registerOf(bytes: Uint8Array): Uint8Array {
  const last = Math.max(...readRegister(bytes).keys());
  for (let at = 0; ; at += HEADER_BYTES) {
    if (readHeader(bytes, at, "record")?.sequence === last) return bytes.slice(0, at);
  }
}

/** It may take a frame with it whose outline it was. */
test("a record of a register is no frame of the log, wherever it went", async () => {
  const { disk, log } = await written();
  const [segment, register] = [disk.bytes(SEGMENT), disk.bytes(REGISTER)];
  const outcomes = none();
  for (let at = 0; at < register.length; at += HEADER_BYTES) {
    for (let to = at % SECTOR_BYTES; to < segment.length; to += SECTOR_BYTES) {
      const bytes = segment.slice();
      bytes.set(register.subarray(at, at + segment.length - to), to);
      const files = { [SEGMENT]: bytes, [REGISTER]: register.slice(0, at) };
      await tried({ ...files, "d/vote": disk.bytes("d/vote") }, log, outcomes);
    }
  }
  assert.ok(outcomes.opened > 50 && outcomes.refused > 0, JSON.stringify(outcomes));
});

test("a snapshot that was left in the place of another one is not taken for it", async () => {
  const disk = new VirtualDisk(prng(3));
  const store = await openOn(disk);
  await save(store, { entries: [1, 2, 3, 4].map((at) => entry(at, 1)) });
  await cut(store, snapshotAt(2, 1));
  const old = disk.bytes("d/0000000000000002.snap");
  await cut(store, snapshotAt(3, 1));
  disk.replace("d/0000000000000003.snap", old);
  disk.processDies();
  const error = await openOn(disk).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof RaftoralError && error.code === "log-damaged");
});

test.run();
