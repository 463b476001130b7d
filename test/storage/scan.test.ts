import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Prng, prng } from "../../src/std/prng.ts";
import {
  encodeFrame,
  frameBytes,
  HEADER_BYTES,
  SECTOR_BYTES,
} from "../../src/storage/disk/frame.ts";
import { type Scan, scan } from "../../src/storage/disk/scan.ts";

const test = suite("storage: what a segment holds", { limitMs: 180_000 });

const SIZE = 64 * 1024;
const START = { at: 0, sequence: 1, chain: 7 };

interface Written {
  readonly bytes: Uint8Array;
  /** Where each frame begins, and at last where they end. */
  readonly places: readonly number[];
  readonly payloads: readonly Uint8Array[];
}

function randomPayload(random: Prng): Uint8Array {
  const payload = new Uint8Array(1 + random.below(random.chance(0.2) ? 3_000 : 300));
  const isSparse = random.chance(0.3);
  for (let i = 0; i < payload.length; i++) payload[i] = isSparse ? 0 : random.below(256);
  payload[0] = 1;
  return payload;
}

/** A segment that is filled up to about `fill` bytes. */
function written(seed: number, fill: number): Written {
  const random = prng(seed);
  const bytes = new Uint8Array(SIZE);
  const places = [0];
  const payloads: Uint8Array[] = [];
  let at = 0;
  let chain = START.chain;
  for (let sequence = START.sequence; ; sequence++) {
    const payload = randomPayload(random);
    if (at + frameBytes(payload.length) > fill) break;
    const frame = encodeFrame(payload, { at, sequence, chain });
    bytes.set(frame.bytes, at);
    at += frame.bytes.length;
    chain = frame.checksum;
    places.push(at);
    payloads.push(payload);
  }
  return { bytes, places, payloads };
}

const isPrefix = (found: Scan, { payloads }: Written): boolean =>
  found.frames.every(({ payload }, i) => Buffer.compare(payload, payloads[i] ?? payload) === 0);

test("what was written is read, and nothing else", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const segment = written(seed, SIZE - 4_096);
    const found = scan(segment.bytes, START, SIZE);
    assert.is(found.frames.length, segment.payloads.length, `SEED=${seed}`);
    assert.ok(isPrefix(found, segment), `SEED=${seed}`);
    assert.equal(found.verdict, { kind: "clean" });
    assert.is(found.end, segment.places.at(-1));
  }
});

/** Every byte of 64 KiB, every bit pattern of one random flip. */
test("a flipped byte is found, wherever it is, and hides no frame that was whole", () => {
  const segment = written(3, SIZE - 4_096);
  const random = prng(4);
  const end = segment.places.at(-1) ?? 0;
  const bytes = segment.bytes.slice();
  for (let at = 0; at < SIZE; at++) {
    const before = bytes[at] ?? 0;
    bytes[at] = before ^ (1 + random.below(255));
    const found = scan(bytes, START, SIZE);
    bytes[at] = before;
    assert.ok(isPrefix(found, segment), `byte ${at}`);
    if (found.frames.length === segment.payloads.length) {
      // In padding, or in what was never used: nothing is lost.
      assert.is.not(found.verdict.kind, "rotten", `byte ${at}`);
    } else {
      assert.ok(at < end, `byte ${at}`);
      assert.is(found.verdict.kind, "rotten", `byte ${at}: a whole frame is gone`);
    }
  }
});

test("a segment that is cut anywhere is known as cut", () => {
  const segment = written(5, SIZE - 4_096);
  for (let length = 0; length < SIZE; length++) {
    const found = scan(segment.bytes.subarray(0, length), START, SIZE);
    assert.ok(isPrefix(found, segment));
    assert.is(found.verdict.kind, "rotten", `cut at ${length}`);
  }
});

/** As a disk does it when the power goes: any of the last write's sectors, whole or not at all. */
test("a last frame that lacks a sector is torn, and cut; one that lacks none is there", () => {
  for (let seed = 1; seed <= 2_000; seed++) {
    const segment = written(seed, 20_000);
    const random = prng(seed * 7 + 1);
    const last = segment.payloads.length - 1;
    const from = segment.places[last] ?? 0;
    const to = segment.places[last + 1] ?? 0;
    const bytes = segment.bytes.slice();
    let isLost = false;
    for (let at = from; at < to; ) {
      const next = Math.min(to, at + SECTOR_BYTES - (at % SECTOR_BYTES));
      if (random.chance(0.5)) {
        isLost ||= bytes.subarray(at, next).some((byte) => byte !== 0);
        bytes.fill(0, at, next);
      }
      at = next;
    }
    const found = scan(bytes, START, SIZE);
    assert.is(found.frames.length, segment.payloads.length - (isLost ? 1 : 0), `SEED=${seed}`);
    if (!isLost) continue;
    assert.is.not(found.verdict.kind, "rotten", `SEED=${seed}`);
  }
});

/**
 * The sectors of a payload that has some of zeros, and of each other byte that may be the mask: it
 * is as if it had none. Nothing stands behind it, so only its own bytes tell rot from a tear.
 */
test("zeros of a frame's own are no sector that it lacks: rot is rot, a tear is a tear", () => {
  for (const bytesOfSectors of [[0], [0, 0, 0], [9, 0, 9], [0, 1, 2, 3], [0, 1, 3, 255]]) {
    const payload = Uint8Array.from(
      { length: (bytesOfSectors.length + 1) * SECTOR_BYTES },
      (_, i) => bytesOfSectors[Math.floor(i / SECTOR_BYTES) - 1] ?? 1 + (i % 200),
    );
    const size = 8 * 1024;
    const at = HEADER_BYTES * 3;
    const start = { ...START, at };
    const { bytes: frame } = encodeFrame(payload, start);
    const whole = new Uint8Array(size);
    whole.set(frame, at);
    assert.equal([...(scan(whole, start, size).frames[0]?.payload ?? [])], [...payload]);
    for (let flip = at; flip < at + HEADER_BYTES + payload.length; flip++) {
      const bytes = whole.slice();
      bytes[flip] = (bytes[flip] ?? 0) ^ 1;
      assert.is(scan(bytes, start, size).verdict.kind, "rotten", `byte ${flip} rots`);
    }
    for (let torn = SECTOR_BYTES; torn < at + frame.length; torn += SECTOR_BYTES) {
      const bytes = whole.slice().fill(0, torn, torn + SECTOR_BYTES);
      assert.is(scan(bytes, start, size).verdict.kind, "torn", `the sector at ${torn} is torn`);
    }
  }
});

test("a frame of another chain is none: what a segment held before is not read again", () => {
  const segment = written(9, 8_000);
  assert.is(scan(segment.bytes, { ...START, chain: 8 }, SIZE).frames.length, 0);
  assert.is(scan(segment.bytes, { ...START, sequence: 2 }, SIZE).frames.length, 0);
});

test("rot in the middle tells where whole frames go on", () => {
  const segment = written(11, 20_000);
  const bytes = segment.bytes.slice();
  const [, second = 0, third] = segment.places;
  bytes[second + 40] = (bytes[second + 40] ?? 0) ^ 1;
  const found = scan(bytes, START, SIZE);
  assert.is(found.frames.length, 1);
  assert.equal(found.verdict, { kind: "rotten", next: third });
});

test.run();
