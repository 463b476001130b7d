import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MalformedError } from "../../src/std/bytes.ts";
import { nodeId } from "../../src/std/ids.ts";
import { prng } from "../../src/std/prng.ts";
import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
} from "../../src/transport/envelope-codec.ts";

const test = suite("transport: envelope");

const sample: Envelope = {
  clusterUuid: "0f8fad5bd9cb469fa165",
  group: 3,
  kind: "forward",
  from: nodeId(12),
  body: new Uint8Array([1, 2, 3]),
};

test("what was wrapped comes out", () => {
  for (const kind of ["raft", "forward", "refused", "rpc", "rpc-reply"] as const) {
    const envelope = { ...sample, kind };
    assert.equal(decodeEnvelope(encodeEnvelope(envelope)), envelope);
  }
});

/** Method: cut at every length, one byte more, an unknown format and kind, random bytes. */
test("anything else is malformed, and nothing worse", () => {
  const good = encodeEnvelope(sample);
  const bad: Uint8Array[] = [new Uint8Array([...good, 0])];
  for (let length = 0; length < good.length; length++) bad.push(good.slice(0, length));
  bad.push(good.with(0, 2), good.with(good.length - 6, 99));
  for (const bytes of bad) assert.throws(() => decodeEnvelope(bytes), isMalformed);
  const random = prng(5);
  for (let i = 0; i < 5_000; i++) {
    const bytes = Uint8Array.from({ length: random.below(60) }, () => random.below(256));
    try {
      decodeEnvelope(bytes);
    } catch (error) {
      assert.ok(isMalformed(error), `SEED=5 round ${i}: ${error}`);
    }
  }
});

const isMalformed = (error: unknown): boolean => error instanceof MalformedError;

test.run();
