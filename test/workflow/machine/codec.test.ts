import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MalformedError } from "../../../src/std/bytes.ts";
import { epoch, nodeId, position, runId } from "../../../src/std/ids.ts";
import { prng } from "../../../src/std/prng.ts";
import type { Failure } from "../../../src/workflow/dsl/failure.ts";
import { decodeCommand, encodeCommand } from "../../../src/workflow/machine/codec.ts";
import type { Command } from "../../../src/workflow/machine/command.ts";
import { FAILURE_DEPTH_MAX } from "../../../src/workflow/machine/record-codec.ts";
import { decodeState, encodeState } from "../../../src/workflow/machine/snapshot.ts";
import { FrameReader } from "../../../src/workflow/machine/wire.ts";
import { attempt, bytes, finish, Group, startOf, write } from "./group.ts";
import { randomCommand } from "./random-commands.ts";

const test = suite("workflow machine: codec");

const batchesOf = (...items: Extract<Command, { kind: "batches" }>["batches"][0]["items"]) =>
  ({
    kind: "batches",
    batches: [
      { runId: runId("g1-4-0"), epoch: epoch(4), sequence: 1, through: position(-1), items },
    ],
  }) as const;

/** Commands of every kind, about a state that grows with them. Replay with SEED=n. */
function randomCommands(count: number): readonly Command[] {
  const random = prng(Number(process.env["SEED"] ?? 7));
  const group = new Group();
  return Array.from({ length: count }, () => {
    const command = randomCommand(random, group.state);
    group.apply(command);
    return command;
  });
}

/** The error, if it is what a decoder may throw. */
function rejection(decode: () => unknown): unknown {
  try {
    decode();
  } catch (error) {
    if (error instanceof MalformedError) return error;
    throw error;
  }
  return;
}

test("what is decoded is what was encoded, for commands of every kind", () => {
  const kinds = new Set<string>();
  for (const command of randomCommands(3_000)) {
    assert.equal(decodeCommand(encodeCommand(command)), command);
    kinds.add(command.kind);
  }
  assert.is(kinds.size, 18);
});

test("a command cut off anywhere, or with a byte too many, is malformed", () => {
  for (const command of randomCommands(150)) {
    const whole = encodeCommand(command);
    for (let length = 0; length < whole.length; length++) {
      assert.ok(
        rejection(() => decodeCommand(whole.subarray(0, length))),
        `${command.kind}`,
      );
    }
    assert.ok(rejection(() => decodeCommand(Uint8Array.from([...whole, 0]))));
  }
});

test("random bytes, and true ones with some changed, give a command or MalformedError", () => {
  const random = prng(11);
  const frames = randomCommands(200).map(encodeCommand);
  let malformed = 0;
  for (let i = 0; i < 40_000; i++) {
    const frame = random.chance(0.3)
      ? Uint8Array.from({ length: random.below(60) }, () => random.below(256))
      : Uint8Array.from(random.pick([frames[0] ?? bytes(), ...frames]).subarray(0, 400));
    for (let changes = random.below(3); changes >= 0 && frame.length > 0; changes--) {
      frame[random.below(frame.length)] = random.below(256);
    }
    if (rejection(() => decodeCommand(frame)) !== undefined) malformed++;
  }
  assert.ok(malformed > 10_000 && malformed < 40_000, `${malformed} malformed`);
});

test("whatever decodes is well-formed: apply answers it and never throws", () => {
  const random = prng(13);
  const group = new Group();
  const frames = randomCommands(300).map(encodeCommand);
  let applied = 0;
  for (let i = 0; i < 30_000; i++) {
    const frame = Uint8Array.from(random.pick([frames[0] ?? bytes(), ...frames]));
    frame[2 + random.below(frame.length - 2)] = random.below(256);
    let command: Command | undefined;
    if (rejection(() => (command = decodeCommand(frame))) !== undefined) continue;
    if (command !== undefined) group.apply(command);
    applied++;
  }
  assert.ok(applied > 5_000, `${applied} applied`);
});

test("a count that lies costs no more than the bytes that are there", () => {
  const claim = encodeCommand({ kind: "batches", batches: [] }).subarray(0, 2);
  const lying = Uint8Array.from([...claim, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]);
  assert.ok(rejection(() => decodeCommand(lying)));
});

test("a reader stops at the end of its frame, whatever a length says", () => {
  for (const length of [2, 60, 100]) {
    assert.ok(rejection(() => new FrameReader(bytes(length, 7)).value()));
    assert.ok(rejection(() => new FrameReader(bytes(length, 7)).text()));
  }
  assert.equal(new FrameReader(bytes(1, 7)).value(), bytes(7));
});

test("unknown formats, kinds and flags are malformed", () => {
  const frame = encodeCommand({ kind: "resume", runId: runId("g1-1-0") });
  const withByte = (at: number, byte: number): Uint8Array => {
    const copy = frame.slice();
    copy[at] = byte;
    return copy;
  };
  assert.ok(rejection(() => decodeCommand(withByte(0, 2))));
  assert.ok(rejection(() => decodeCommand(withByte(1, 10))));
  assert.ok(
    rejection(() => decodeCommand(withByte(3, 0xff))),
    "not UTF-8",
  );
});

test("failures nest so deep and no deeper: encoding cuts, decoding refuses", () => {
  const nested = (depth: number): Failure =>
    depth === 1
      ? { name: "E", message: `${depth}` }
      : { name: "E", message: `${depth}`, cause: nested(depth - 1) };
  const depthOf = (failure: Failure): number =>
    failure.cause !== undefined && "name" in failure.cause ? 1 + depthOf(failure.cause) : 1;
  const through = (failure: Failure): Failure => {
    const frame = encodeCommand(batchesOf({ kind: "finish", outcome: { ok: false, failure } }));
    const command = decodeCommand(frame);
    const item = command.kind === "batches" ? command.batches[0]?.items[0] : undefined;
    if (item?.kind !== "finish" || item.outcome.ok) throw new Error("not a failure");
    return item.outcome.failure;
  };
  assert.equal(through(nested(FAILURE_DEPTH_MAX)), nested(FAILURE_DEPTH_MAX));
  assert.is(depthOf(through(nested(5_000))), FAILURE_DEPTH_MAX);

  // format, batches, one batch: run "r", epoch, sequence, through; one item: finish, not ok, then
  // causes.
  const head = [1, 1, 1, 1, 0x72, 4, 1, 0, 1, 5, 0];
  const deep = (depth: number): Uint8Array =>
    Uint8Array.from([
      ...head,
      ...Array(depth - 1)
        .fill([2, 0, 0])
        .flat(),
      0,
      0,
      0,
    ]);
  decodeCommand(deep(FAILURE_DEPTH_MAX));
  assert.ok(rejection(() => decodeCommand(deep(FAILURE_DEPTH_MAX + 1))));
});

test("values do not hold the frame of many records in memory", () => {
  const items = Array.from({ length: 50 }, (_, i) => ({
    ...write(`${i}`),
    value: new Uint8Array(i % 2 === 0 ? 20 : 100),
  }));
  const command = decodeCommand(encodeCommand(batchesOf(...items)));
  const read = command.kind === "batches" ? (command.batches[0]?.items ?? []) : [];
  for (const item of read) {
    if (item.kind === "write") assert.ok(item.value.buffer.byteLength <= 4 * item.value.length);
  }
  assert.is(read.length, 50);
});

test("fractions and negative numbers are not encoded; a delay is rounded up", () => {
  assert.ok(rejection(() => encodeCommand(startOf("a", { version: 1.5 }))));
  assert.ok(rejection(() => encodeCommand(startOf("a", { owner: nodeId(-1) }))));
  const command = decodeCommand(encodeCommand(batchesOf(attempt("1", "no", 0.25), finish())));
  const item = command.kind === "batches" ? command.batches[0]?.items[0] : undefined;
  assert.is(item?.kind === "attempt" && item.retryInMs, 1);
});

test("a command that could not be encoded leaves nothing behind in the next", () => {
  const good = encodeCommand(startOf("a"));
  rejection(() => encodeCommand(startOf("b", { version: -1 })));
  assert.equal(encodeCommand(startOf("a")), good);
});

test("a snapshot cut off anywhere is malformed", () => {
  const group = new Group();
  const random = prng(3);
  for (let i = 0; i < 60; i++) group.apply(randomCommand(random, group.state));
  const whole = encodeState(group.state);
  const step = Math.max(1, Math.floor(whole.length / 700));
  for (let length = 0; length < whole.length; length += step) {
    assert.ok(
      rejection(() => decodeState(whole.subarray(0, length))),
      `at ${length}`,
    );
  }
});

test.run();
