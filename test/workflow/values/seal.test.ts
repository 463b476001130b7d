import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../../src/errors.ts";
import { checkPayloadCodec, type PayloadCodec } from "../../../src/workflow/dsl/payload-codec.ts";
import { createValueCodec } from "../../../src/workflow/values/codec.ts";

/** The user's codec stands around every value's bytes, and is trusted with nothing. */
const test = suite("values: sealed by the user's codec");

/** Every byte turned over, a salt before: reading it needs the codec. */
let salt = 0;
const turned = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);
const turning: PayloadCodec = {
  name: "turning",
  encode: (bytes) => Uint8Array.from([salt++ & 0xff, ...turned(bytes)]),
  decode: (bytes) => turned(bytes.subarray(1)),
};
const codec = createValueCodec({ codec: turning });
const plain = createValueCodec();

const codeOf = (act: () => unknown): string => {
  try {
    act();
    return "nothing was thrown";
  } catch (error) {
    return error instanceof RaftoralError ? error.code : String(error);
  }
};
const broken = (more: Partial<Record<"encode" | "decode", unknown>>): PayloadCodec =>
  ({ ...turning, ...more }) as PayloadCodec;

const VALUES = [undefined, null, "text", 0, -0, 1n, new Map([[{ a: 1 }, new Date(5)]]), [[], {}]];

test("what is sealed comes back, and does not read as what it is", () => {
  for (const value of VALUES) {
    const sealed = codec.encode(value);
    assert.equal(codec.decode(sealed), value);
    assert.is.not(Buffer.from(sealed).toString(), Buffer.from(plain.encode(value)).toString());
    assert.is(
      codeOf(() => plain.decode(sealed)),
      "codec-failed",
    );
  }
});

test("hashes are of values: the same with a codec and without, however often it is sealed", () => {
  for (const value of VALUES) assert.is(codec.hash(value), plain.hash(value));
  assert.not.equal(codec.encode("a"), codec.encode("a"));
});

test("what was recorded before there was a codec is read as it is", () => {
  for (const value of VALUES) assert.equal(codec.decode(plain.encode(value)), value);
});

test("an error crosses with all that it says, and says nothing on the way", () => {
  const error = Object.assign(new RangeError("card 4242", { cause: new Error("pin 1234") }), {
    card: "4242",
    nonRetryable: true,
  });
  const failure = codec.encodeError(error);
  const said = `${JSON.stringify({ ...failure, data: 0 })} ${Buffer.from(failure.data ?? [])}`;
  assert.not.match(said, /4242|1234|RangeError|seal\.test/);
  const back = codec.decodeError(failure);
  assert.equal(
    [back.name, back.message, Object(back.cause).message],
    ["RangeError", "card 4242", "pin 1234"],
  );
  assert.equal(
    [Object(back).card, Object(back).nonRetryable, back.stack],
    ["4242", true, error.stack],
  );
  assert.is(
    codeOf(() => plain.decodeError(failure)),
    "codec-failed",
  );
  assert.is(codec.decodeError(plain.encodeError(error)).message, "card 4242");
});

test("a large error crosses a codec with a small limit", () => {
  const small = createValueCodec({ codec: turning, maxBytes: 100 });
  const error = new Error("x".repeat(5_000));
  assert.is(small.decodeError(small.encodeError(error)).message, error.message);
});

test("a codec that throws as an error is recorded leaves its own failure, no word of it", () => {
  const failing = createValueCodec({
    codec: broken({
      encode: () => {
        throw new Error("no key");
      },
    }),
  });
  const failure = failing.encodeError(new Error("card 4242"));
  assert.match(failure.message, /codec "turning".*no key/);
  assert.not.match(JSON.stringify(failure), /4242/);
  assert.is(Object(plain.decodeError(failure)).code, "codec-failed");
});

test("a codec that throws, gives no bytes, or gives others back is a typed error each time", () => {
  const misuses: readonly [keyof typeof turning & ("encode" | "decode"), unknown][] = [
    ["encode", () => undefined],
    ["encode", () => "text"],
    ["encode", async () => new Uint8Array()],
    ["encode", () => Promise.reject(new Error("later"))],
    ["decode", () => null],
    ["decode", () => new ArrayBuffer(3)],
    ["decode", () => new Uint8Array()],
    ["decode", () => Uint8Array.of(3, 3, 3)],
    ["decode", () => Uint8Array.of(77)],
    [
      "decode",
      () => {
        throw new Error("wrong key");
      },
    ],
  ];
  for (const [method, of] of misuses) {
    const bad = createValueCodec({ codec: broken({ [method]: of }) });
    const sealed = codec.encode("a");
    const act = method === "encode" ? () => bad.encode("a") : () => bad.decode(sealed);
    assert.is(codeOf(act), "codec-failed", `${method} ${String(of)}`);
    assert.is(
      codeOf(() => checkPayloadCodec(broken({ [method]: of }))),
      "invalid-argument",
    );
  }
  assert.is(
    codeOf(() => checkPayloadCodec(broken({ encode: (b: Uint8Array) => b }))),
    "invalid-argument",
  );
  assert.is(
    codeOf(() => checkPayloadCodec({ ...turning, name: "" })),
    "invalid-argument",
  );
  checkPayloadCodec(turning);
});

test("what a wrong key opens to what begins like a value is malformed, not a crash", () => {
  const garbage = createValueCodec({ codec: broken({ decode: () => Uint8Array.of(1, 123, 200) }) });
  assert.is(
    codeOf(() => garbage.decode(codec.encode("a"))),
    "malformed",
  );
});

test("neither side gets at the other's memory: buffers used again or changed in place", () => {
  const shared = new Uint8Array(64);
  const into = (bytes: Uint8Array, salted: boolean): Uint8Array => {
    const out = salted ? turned(bytes) : turned(bytes);
    bytes.fill(0); // What it was given is its own.
    shared.set(out);
    return shared.subarray(0, out.length);
  };
  const sharing = createValueCodec({
    codec: { name: "shared", encode: (b) => into(b, true), decode: (b) => into(b, false) },
  });
  const packed = sharing.pack("first");
  const first = sharing.seal(packed);
  const second = sharing.encode("second");
  assert.equal([sharing.decode(first), sharing.decode(second)], ["first", "second"]);
  assert.equal([sharing.decode(first), sharing.unpack(packed)], ["first", "first"]);
  const opened = sharing.open(first);
  sharing.decode(second);
  assert.is(sharing.unpack(opened), "first");
});

test("a value has its limit before and after it is sealed", () => {
  const growing = { ...turning, encode: (bytes: Uint8Array) => new Uint8Array(bytes.length + 200) };
  const grown = createValueCodec({ codec: growing, maxBytes: 150 });
  assert.is(
    codeOf(() => grown.encode("a")),
    "payload-too-large",
  );
  const shrinking = { ...turning, encode: () => new Uint8Array(1) };
  const shrunk = createValueCodec({ codec: shrinking, maxBytes: 150 });
  assert.is(
    codeOf(() => shrunk.encode("a".repeat(200))),
    "payload-too-large",
  );
});

test.run();
