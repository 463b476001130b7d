import { crc32 } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../src/errors.ts";
import { ByteReader, ByteWriter } from "../../src/std/bytes.ts";
import { prng } from "../../src/std/prng.ts";
import { openDiskLogStore } from "../../src/storage/disk/disk-log-store.ts";
import {
  encodeFrame,
  type FrameKind,
  HEADER_BYTES,
  readHeader,
  readPayload,
} from "../../src/storage/disk/frame.ts";
import { inspectLog } from "../../src/storage/disk/inspect.ts";
import { VirtualDisk } from "../../src/testing/sim/virtual-files.ts";
import { cut, entry, save, snapshotAt } from "../contract/log-store.ts";

/** Files that are whole, and as another build writes them. */
const test = suite("storage: other formats");

const timers = {
  set: () => ({ cancel: () => {} }),
  defer: (fn: () => void) => void setImmediate(fn),
};
const OTHER_FORMAT = 2;

const ofOther = (payload: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(payload);
  copy[0] = OTHER_FORMAT;
  return copy;
};

function otherSegment(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  view.setUint32(4, OTHER_FORMAT, true);
  view.setUint32(28, crc32(copy.subarray(0, 28)), true);
  return copy;
}

/** Its first frame, or record, is of the other format. */
const otherFrame =
  (at: number, kind: FrameKind) =>
  (bytes: Uint8Array): Uint8Array => {
    const header = readHeader(bytes, at, kind);
    const payload = header && readPayload(bytes, at, header);
    if (header === undefined || payload === undefined) throw new Error("there is no such frame");
    const copy = Uint8Array.from(bytes);
    copy.set(encodeFrame(ofOther(payload), { at, ...header, kind }).bytes, at);
    return copy;
  };

function otherSnapshot(bytes: Uint8Array): Uint8Array {
  const reader = new ByteReader(bytes);
  reader.uint();
  const body = ofOther(reader.bytes());
  return new ByteWriter().uint(crc32(body)).bytes(body).finish();
}

const KINDS: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
  ["0000000000000001.seg", otherSegment],
  ["0000000000000001.seg", otherFrame(HEADER_BYTES, "frame")],
  ["0000000000000001.reg", otherFrame(0, "record")],
  ["0000000000000002.snap", otherSnapshot],
];

const thrown = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test("what is whole and of another build is told as such, and nothing is changed", async () => {
  for (const [name, other] of KINDS) {
    const disk = new VirtualDisk(prng(3));
    const fs = disk.mount(timers);
    const store = await openDiskLogStore({ fs, directory: "d", segmentBytes: 4_096 });
    await save(store, { entries: [1, 2, 3].map((at) => entry(at, 1)) });
    await cut(store, snapshotAt(2, 1));
    disk.processDies();
    disk.replace(`d/${name}`, other(disk.bytes(`d/${name}`)));
    const before = disk.paths().map((path) => [path, [...disk.bytes(path)]]);
    const again = disk.mount(timers);
    const opened = openDiskLogStore({ fs: again, directory: "d", segmentBytes: 4_096 });
    const errors = [await thrown(opened), await thrown(inspectLog(again, "d", []))];
    for (const error of errors) {
      assert.instance(error, RaftoralError, `${name}: ${String(error)}`);
      if (!(error instanceof RaftoralError)) return;
      assert.is(error.code, "version-mismatch", `${name}: ${error.message}`);
      assert.match(
        error.message,
        /of format 2, and this build knows 1: start the build that wrote/,
      );
    }
    assert.equal(
      disk.paths().map((path) => [path, [...disk.bytes(path)]]),
      before,
      `${name}: as it was`,
    );
  }
});

test.run();
