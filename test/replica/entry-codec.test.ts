import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  decodeEntry,
  decodeForward,
  decodeRefused,
  EntryWriter,
  encodeForward,
  encodeRefused,
  FRAME_OVERHEAD_BYTES,
  ORIGIN_BYTES_MAX,
} from "../../src/replica/entry-codec.ts";
import { MalformedError, utf8 } from "../../src/std/bytes.ts";

const test = suite("replica: frames");

const origin = utf8("x".repeat(ORIGIN_BYTES_MAX));
const command = new Uint8Array([0, 1, 255]);
const proposal = { sequence: Number.MAX_SAFE_INTEGER, command };

test("an entry keeps its stamp, whose it is, and its command", () => {
  const writer = new EntryWriter();
  const first = writer.write(1_764_000_000_000, origin, proposal);
  const second = writer.write(0, utf8(""), { sequence: 1, command: new Uint8Array() });
  assert.equal(decodeEntry(first), { stampMs: 1_764_000_000_000, origin, ...proposal });
  assert.is(decodeEntry(second).command.length, 0);
  assert.ok(first.length - command.length <= FRAME_OVERHEAD_BYTES);
});

test("proposals on their way keep their order", () => {
  const forward = { origin: "abc", proposals: [proposal, { sequence: 2, command }] };
  assert.equal(decodeForward(encodeForward(forward)), forward);
  assert.equal(decodeRefused(encodeRefused([3, 1, 2])), [3, 1, 2]);
});

test("anything else is malformed", () => {
  const frames = [
    { good: new EntryWriter().write(5, origin, proposal), decode: decodeEntry },
    { good: encodeForward({ origin: "a", proposals: [proposal] }), decode: decodeForward },
    { good: encodeRefused([1, 2]), decode: decodeRefused },
  ];
  for (const { good, decode } of frames) {
    for (let length = 0; length < good.length; length++) {
      assert.throws(() => decode(good.slice(0, length)), isMalformed, `cut at ${length}`);
    }
    assert.throws(() => decode(new Uint8Array([...good, 0])), isMalformed);
    assert.throws(() => decode(good.with(0, 9)), isMalformed);
  }
});

test("an origin that would not fit an entry is malformed where it comes in", () => {
  const forward = { origin: "x".repeat(ORIGIN_BYTES_MAX + 1), proposals: [] };
  assert.throws(() => decodeForward(encodeForward(forward)), isMalformed);
});

const isMalformed = (error: unknown): boolean => error instanceof MalformedError;

test.run();
