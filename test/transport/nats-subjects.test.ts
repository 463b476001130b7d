import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MalformedError } from "../../src/std/bytes.ts";
import { prng } from "../../src/std/prng.ts";
import { Backlog } from "../../src/transport/backlog.ts";
import { isName } from "../../src/transport/names.ts";
import { Inbox, Subjects, senderOf } from "../../src/transport/nats-subjects.ts";
import { decodeRpc, encodeRpc, type RpcFrame } from "../../src/transport/rpc-codec.ts";

const test = suite("transport: names, subjects and frames");

const BAD = ["", "a.b", "*", ">", "a b", "join", "api", "-a", "ä", "a\r\n", "x".repeat(64)];

test("a name that would be another subject is none", () => {
  for (const name of BAD) {
    assert.not.ok(isName(name), JSON.stringify(name));
    assert.throws(() => new Subjects("test", name));
    assert.throws(() => new Subjects("test", "a").to(name, "raft"));
  }
  for (const name of ["a", "A-1", "node_7", "x".repeat(63)]) assert.ok(isName(name));
});

test("the sender is the subject's last token", () => {
  const subjects = new Subjects("orders", "a");
  assert.is(subjects.to("b", "raft"), "rft.orders.b.raft.a");
  assert.is(subjects.to("b", "rpc"), "rft.orders.b.rpc.a");
  assert.is(subjects.join, "rft.orders.join.a");
  assert.is(subjects.api, "rft.orders.api.a");
  assert.is(senderOf(subjects.to("b", "raft")), "a");
  assert.is(senderOf("rft.orders.b.raft.*"), undefined);
  assert.is(senderOf("rft.orders.b.raft."), undefined);
});

test("an inbox knows its own topics and no other", () => {
  const inbox = new Inbox("a", "life");
  assert.equal(inbox.topic(inbox.replyTo(7)), { kind: "reply", rpcId: 7 });
  assert.equal(inbox.topic(inbox.unheardBy("b")), { kind: "unheard", peer: "b" });
  for (const rest of ["", "r", "r.", "r.x", "r.-1", "r.1.2", "u.", "u.join", "q.1", "r.0"]) {
    assert.is(inbox.topic(`_INBOX.a.life.${rest}`), undefined, rest);
  }
});

const FRAMES: readonly RpcFrame[] = [
  { kind: "request", rpcId: 1, body: new Uint8Array([1, 2]) },
  { kind: "ping", rpcId: 2 },
  { kind: "reply", rpcId: 300, body: new Uint8Array() },
  { kind: "pong", rpcId: 4, name: "a", life: "x" },
  { kind: "format-unknown", rpcId: 5, known: 1 },
];

/** Method: each frame; cut at every length, one byte more, another format; then random bytes. */
test("a frame comes back as it was; anything else is malformed, and nothing worse", () => {
  for (const frame of FRAMES) {
    const good = encodeRpc(frame);
    assert.equal(decodeRpc(good), frame);
    const bad = [new Uint8Array([...good, 0]), good.with(0, 9)];
    for (let length = 0; length < good.length; length++) bad.push(good.slice(0, length));
    for (const bytes of bad) assert.throws(() => decodeRpc(bytes), isMalformed);
  }
  const random = prng(3);
  for (let i = 0; i < 20_000; i++) {
    const bytes = Uint8Array.from({ length: random.below(30) }, () => random.below(256));
    if (random.chance(0.5) && bytes.length > 0) bytes[0] = 1;
    try {
      decodeRpc(bytes);
    } catch (error) {
      assert.ok(isMalformed(error), `SEED=3 round ${i}: ${error}`);
    }
  }
});

const isMalformed = (error: unknown): boolean => error instanceof MalformedError;

test("the backlog is bounded for each peer and in all, and what arrived makes room", () => {
  const backlog = new Backlog({ peerBytes: 100, totalBytes: 250 });
  assert.ok(backlog.add("a", 60));
  assert.not.ok(backlog.add("a", 60));
  assert.ok(backlog.add("b", 90));
  const sent = backlog.snapshot();
  assert.ok(backlog.add("c", 90));
  assert.not.ok(backlog.add("d", 90), "240 of 250");
  backlog.remove(sent);
  assert.is(backlog.totalBytes, 90);
  assert.ok(backlog.add("a", 60));
  backlog.clear();
  assert.is(backlog.totalBytes, 0);
  assert.ok(backlog.add("a", 1_000), "one message always fits");
});

test.run();
